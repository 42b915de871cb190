using Commerce.Contracts.Api;
using Commerce.Order.Fruits;
using Commerce.ServiceDefaults;

namespace Commerce.Order.Placing;

/// <summary>A request for an order that passed every check that needs no database.</summary>
/// <param name="Hash">Of the body, to know it again under the same key.</param>
/// <param name="TraceParent">W3C traceparent of the request; everything that becomes of the order goes on under it.</param>
internal sealed record OrderRequest(
    Guid AccountId,
    string Key,
    byte[] Hash,
    PlaceOrder Body,
    ValidOrder Valid,
    string? TraceParent
);

/// <summary>What a key was answered with first.</summary>
internal sealed record StoredAnswer(byte[] RequestHash, int Status, string Body, string Location);

/// <summary>What became of an <see cref="OrderRequest"/>.</summary>
internal abstract record Placed
{
    private Placed() { }

    /// <summary>There is a new order.</summary>
    internal sealed record Now(Guid OrderId, StoredAnswer Answer) : Placed;

    /// <summary>The key has been used before; its first answer stands.</summary>
    internal sealed record Before(StoredAnswer Answer) : Placed;

    /// <summary>A request with the same key is being written at this moment, by another process.</summary>
    internal sealed record InFlight : Placed;

    internal sealed record Invalid(Validation Validation) : Placed;

    /// <summary>A price changed since the shopper saw the total.</summary>
    internal sealed record TotalChanged(long TotalKrw) : Placed;
}

/// <summary>The rules of prices, without a database.</summary>
internal static class Placement
{
    private const long MostKrw = 100_000_000;

    /// <summary>The order's total in KRW at today's prices, or why there is no order.</summary>
    public static (long TotalKrw, Placed? Refusal) Check(
        OrderRequest request,
        IReadOnlyDictionary<Guid, FruitCopy> forSale
    )
    {
        var validation = new Validation();
        PlaceOrderValidation.CheckFruits(request.Body, forSale, validation);
        if (validation.Failed)
        {
            return (0, new Placed.Invalid(validation));
        }

        var total = request.Valid.Boxes.Aggregate(
            (Int128)0,
            (sum, box) => sum + forSale[box.Key].PriceKrw * (Int128)box.Value
        );
        if (!validation.Check("items", total > 0 && total <= MostKrw, $"must come to 1 to {MostKrw:N0} KRW"))
        {
            return (0, new Placed.Invalid(validation));
        }

        return request.Body.ExpectedTotalKrw is { } expected && expected != total
            ? (0, new Placed.TotalChanged((long)total))
            : ((long)total, null);
    }
}
