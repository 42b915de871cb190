using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Contracts.Api;

/// <summary>Where an order stands; the delivery has its own status beside it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus
{
    Placed,
    StockReserved,
    Confirmed,
    Rejected,
    Cancelled,
    Delivered,
}

/// <summary>GET /cart. Prices are today's, in whole KRW.</summary>
/// <param name="CheckoutKey">
/// <c>Idempotency-Key</c> for ordering this cart: the same until it is ordered, in every tab and after every reload. Null for
/// guests and empty carts.
/// </param>
public sealed record Cart(IReadOnlyList<CartItem> Items, long TotalKrw, string? CheckoutKey = null);

/// <summary>A line of a cart. <paramref name="ForSale"/> false: it was withdrawn since it was added and cannot be ordered.</summary>
/// <param name="SeenPriceKrw">The price that the shopper saw last, when it was put in; null when it is not known.</param>
public sealed record CartItem(
    Guid FruitId,
    string Name,
    string NameEn,
    string FarmName,
    string ImageUrl,
    int Quantity,
    long UnitPriceKrw,
    bool ForSale,
    Guid FarmId = default,
    long? SeenPriceKrw = null
);

/// <summary>PUT /cart/items/{fruitId}: 1–99 boxes.</summary>
/// <param name="PriceSeen">The shopper has today's price before their eyes: from now on it is the one that they saw.</param>
public sealed record CartQuantity(int Quantity, bool PriceSeen = false);

/// <summary>POST /cart/merge: moves a guest's cart into the signed-in account's.</summary>
public sealed record MergeCart(string CartId);

/// <summary>POST /orders (header <c>Idempotency-Key</c>).</summary>
/// <param name="ExpectedTotalKrw">The total that the shopper saw; when it differs: 409 with the new total and nothing stored.</param>
public sealed record PlaceOrderRequest(
    IReadOnlyList<PlaceOrderItem> Items,
    ShippingAddress Address,
    string PaymentToken,
    long? ExpectedTotalKrw = null
);

/// <summary>One item of <see cref="PlaceOrderRequest"/>: 1–99 boxes.</summary>
public sealed record PlaceOrderItem(Guid FruitId, int Quantity);

/// <summary>Where the boxes go. Phone as <c>010-1234-5678</c>, postal code 5 digits.</summary>
public sealed record ShippingAddress(
    string Recipient,
    string Phone,
    string PostalCode,
    string Line1,
    string? Line2 = null
);

/// <summary>Answer of POST /orders (202, <c>Location: /orders/{id}</c>).</summary>
public sealed record OrderAccepted(Guid OrderId, OrderStatus Status, long TotalKrw);

/// <summary>GET /orders: one line an order.</summary>
public sealed record OrderSummary(
    Guid Id,
    OrderStatus Status,
    string? Reason,
    long TotalKrw,
    DateTimeOffset PlacedAt,
    IReadOnlyList<OrderItem> Items,
    string PaymentStatus,
    string? DeliveryStatus
);

/// <summary>A line of an order with the names of when it was placed.</summary>
public sealed record OrderItem(
    Guid FruitId,
    Guid FarmId,
    string Name,
    string NameEn,
    string FarmName,
    string ImageUrl,
    int Quantity,
    long UnitPriceKrw
);

/// <summary>GET /orders/{id}.</summary>
/// <param name="CanRefund">Only ever true for an admin.</param>
/// <param name="AccountId">Whose it is; only admins are told.</param>
/// <param name="RefundReason">Why an admin gives the money of a delivered order back; set before it is back.</param>
public sealed record OrderDetails(
    Guid Id,
    OrderStatus Status,
    string? Reason,
    IReadOnlyList<OrderItem> Items,
    long TotalKrw,
    ShippingAddress Address,
    DateTimeOffset PlacedAt,
    OrderPayment Payment,
    OrderDelivery Delivery,
    IReadOnlyList<TimelineEntry> Timeline,
    bool CanCancel,
    bool CanRefund = false,
    string? RefundReason = null,
    Guid? AccountId = null
);

/// <summary><paramref name="Status"/>: <c>pending captured declined refunded</c>.</summary>
/// <param name="RefundedAt">When all of the money went back; null when it did not, or when the order's timeline is removed.</param>
public sealed record OrderPayment(string Status, DateTimeOffset? RefundedAt = null);

/// <summary><paramref name="Status"/>: null before it is scheduled, then <c>READY ON_ROUTE DELIVERED</c>.</summary>
public sealed record OrderDelivery(string? Status, string? TrackingNumber);

/// <summary>One event of the order, whichever service it came from. <paramref name="Event"/> as <c>order.placed</c>.</summary>
/// <param name="TraceId">W3C trace id, for the dashboard; only admins get it, as all that follows.</param>
/// <param name="EventId"><c>ce_id</c>.</param>
/// <param name="Payload">The event as it was published, without what pays (card token, payment key).</param>
public sealed record TimelineEntry(
    DateTimeOffset At,
    string Event,
    string Source,
    string? Detail,
    string? TraceId = null,
    Guid? EventId = null,
    JsonElement? Payload = null
);

/// <summary>GET /admin/orders.</summary>
public sealed record AdminOrder(
    Guid Id,
    Guid AccountId,
    OrderStatus Status,
    string? Reason,
    long TotalKrw,
    DateTimeOffset PlacedAt,
    string PaymentStatus,
    string? DeliveryStatus,
    string Recipient = ""
);

/// <summary>GET /admin/orders/stats: orders per status, orders placed per minute and durations of the last hour.</summary>
/// <param name="Saga">The last hour as a whole; <paramref name="SagaParts"/> its five-minute parts, the oldest first.</param>
public sealed record OrderStats(
    IReadOnlyDictionary<string, long> ByStatus,
    IReadOnlyList<MinuteCount> PerMinute,
    SagaDuration? Saga = null,
    IReadOnlyList<SagaDuration>? SagaParts = null
);

/// <summary>How many orders were placed in the minute that starts at <paramref name="Minute"/>.</summary>
public sealed record MinuteCount(DateTimeOffset Minute, long Count);
