using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Order.Orders;

/// <summary>An order that is about to begin: what was asked for, at the prices of the moment.</summary>
/// <param name="PaymentToken">What pays it; kept only while the order waits for money.</param>
/// <param name="TraceParent">W3C traceparent of the request; everything that becomes of the order goes on under it.</param>
internal sealed record NewOrder(
    Guid Id,
    Guid AccountId,
    IReadOnlyList<NewOrderLine> Lines,
    long TotalKrw,
    ShippingAddress Address,
    string PaymentToken,
    string? TraceParent
);

/// <summary>Boxes of a fruit as it was when they were ordered; price in whole KRW per box.</summary>
internal sealed record NewOrderLine(
    Guid FruitId,
    Guid FarmId,
    string Name,
    string NameEn,
    string FarmName,
    string ImageUrl,
    int Quantity,
    long UnitPriceKrw
)
{
    public OrderLine ToOrderLine() => new(FruitId, FarmId, Quantity, UnitPriceKrw);
}
