using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Order.Placing;

/// <summary>A request for an order that passed every check that needs no database: duplicates merged, texts trimmed.</summary>
/// <param name="Hash">Of the body, to know it again under the same key.</param>
/// <param name="Boxes">Boxes by fruit, 1–99 each, 1–50 fruits, in the order in which the shopper listed them.</param>
/// <param name="TraceParent">W3C traceparent of the request; everything that becomes of the order goes on under it.</param>
internal sealed record OrderRequest(
    Guid AccountId,
    string Key,
    byte[] Hash,
    PlaceOrderRequest Body,
    IReadOnlyDictionary<Guid, int> Boxes,
    ShippingAddress Address,
    string? TraceParent
);

/// <summary>What a key was answered with first.</summary>
internal sealed record StoredAnswer(byte[] RequestHash, int Status, string Body, string Location);

/// <summary>What became of an <see cref="OrderRequest"/>.</summary>
internal abstract record PlaceOrderResult
{
    private PlaceOrderResult() { }

    /// <summary>There is a new order.</summary>
    internal sealed record Created(StoredAnswer Answer) : PlaceOrderResult;

    /// <summary>The key has been used before; its first answer stands.</summary>
    internal sealed record Replayed(StoredAnswer Answer) : PlaceOrderResult;

    /// <summary>A request with the same key is being written at this moment, by another process.</summary>
    internal sealed record InFlight : PlaceOrderResult;

    internal sealed record Invalid(Validation Validation) : PlaceOrderResult;

    /// <summary>A price changed since the shopper saw the total.</summary>
    internal sealed record TotalChanged(long TotalKrw) : PlaceOrderResult;
}
