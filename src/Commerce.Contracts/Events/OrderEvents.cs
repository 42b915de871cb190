namespace Commerce.Contracts.Events;

/// <summary>One line of an order as all services see it. <paramref name="UnitPriceKrw"/> is what the shopper saw, in whole KRW.</summary>
public sealed record OrderLine(Guid FruitId, Guid FarmId, int Quantity, long UnitPriceKrw);

/// <summary>
/// A shopper placed an order; asks Catalog to reserve its lines and tells Payment what to charge. Safe to repeat:
/// the sweeper publishes it again under a new event id when an answer is overdue.
/// </summary>
/// <param name="PaymentToken">One-time token of the payment provider (<c>tok_</c> + 24 base62). Never logged.</param>
/// <param name="ExpiresAt">When Order gives up (database time of orderdb).</param>
public sealed record OrderPlaced(
    Guid OrderId,
    Guid AccountId,
    IReadOnlyList<OrderLine> Lines,
    long TotalKrw,
    string PaymentToken,
    DateTimeOffset PlacedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>Stock is reserved and the money captured: ship it. Safe to repeat.</summary>
public sealed record OrderConfirmed(Guid OrderId, Guid AccountId, IReadOnlyList<OrderLine> Lines, long TotalKrw);

/// <summary>The order never held stock. <paramref name="Reason"/> is a <see cref="OrderReasons"/> value.</summary>
public sealed record OrderRejected(Guid OrderId, Guid AccountId, string Reason);

/// <summary>
/// The order ended without delivery: Catalog releases its reservation and Payment refunds what it captured or will still
/// capture. Safe to repeat: Order answers every late event of a cancelled order with it.
/// </summary>
public sealed record OrderCancelled(Guid OrderId, Guid AccountId, string Reason);

/// <summary>The boxes arrived; the account may now review these fruits.</summary>
public sealed record OrderDelivered(Guid OrderId, Guid AccountId, IReadOnlyList<OrderLine> Lines);

/// <summary>
/// An admin gives all the money of a delivered order back; Payment answers with <see cref="PaymentRefunded"/>. Safe to repeat.
/// </summary>
/// <param name="Reason">In the admin's words; the shopper reads it.</param>
public sealed record OrderRefundRequested(Guid OrderId, Guid AccountId, string Reason);

/// <summary>Why an order was rejected or cancelled.</summary>
public static class OrderReasons
{
    public const string OutOfStock = "out-of-stock";
    public const string PriceChanged = "price-changed";
    public const string NotForSale = "not-for-sale";
    public const string PaymentDeclined = "payment-declined";
    public const string Expired = "expired";
    public const string CancelledByShopper = "cancelled-by-shopper";
    public const string CancelledByAdmin = "cancelled-by-admin";
}
