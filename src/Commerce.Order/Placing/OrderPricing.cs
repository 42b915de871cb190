using Commerce.Order.Fruits;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Order.Placing;

/// <summary>The rules of prices, without a database.</summary>
internal static class OrderPricing
{
    private const long MostKrw = 100_000_000;

    /// <summary>The order's total in KRW at today's prices, or why there is no order.</summary>
    public static (long TotalKrw, PlaceOrderResult? Refusal) Check(
        OrderRequest request,
        IReadOnlyDictionary<Guid, FruitCopy> forSale
    )
    {
        var validation = new Validation();
        PlaceOrderValidation.CheckFruits(request.Body, forSale, validation);
        if (validation.Failed)
        {
            return (0, new PlaceOrderResult.Invalid(validation));
        }

        var total = request.Boxes.Aggregate(
            (Int128)0,
            (sum, box) => sum + forSale[box.Key].PriceKrw * (Int128)box.Value
        );
        if (!validation.Check("items", total > 0 && total <= MostKrw, $"must come to 1 to {MostKrw:N0} KRW"))
        {
            return (0, new PlaceOrderResult.Invalid(validation));
        }

        return request.Body.ExpectedTotalKrw is { } expected && expected != total
            ? (0, new PlaceOrderResult.TotalChanged((long)total))
            : ((long)total, null);
    }
}
