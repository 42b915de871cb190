namespace Commerce.Contracts.Api;

/// <summary>GET /farm/orders: only the own farm's lines. The address is empty unless there is something to ship to it.</summary>
/// <param name="ShipsOn">The day on which its boxes are due to leave the farm; null before it is confirmed.</param>
/// <param name="ToShip">Confirmed, and the own boxes have not left yet.</param>
public sealed record FarmOrder(
    Guid OrderId,
    OrderStatus Status,
    string? DeliveryStatus,
    DateTimeOffset PlacedAt,
    ShippingAddress Address,
    IReadOnlyList<OrderItem> Items,
    DateOnly? ShipsOn = null,
    bool ToShip = false
);

/// <summary>GET /farm/shipments: what has not left the farm yet, by the day on which it is due, the most urgent first.</summary>
/// <param name="Cutoff">Orders confirmed before it leave on that day.</param>
/// <param name="Late">The day is over.</param>
public sealed record Shipment(DateOnly ShipsOn, DateTimeOffset Cutoff, int Orders, int Boxes, bool Late);

/// <summary>GET /farm/pick-list?shipsOn=: everything of one day to gather and to pack.</summary>
/// <param name="Orders">At most 1,000, the oldest first; <paramref name="TotalOrders"/> says whether there are more.</param>
public sealed record PickList(
    DateOnly ShipsOn,
    DateTimeOffset Cutoff,
    int TotalOrders,
    IReadOnlyList<PickedFruit> Fruits,
    IReadOnlyList<FarmOrder> Orders
);

/// <summary>How many boxes of a fruit the day needs.</summary>
public sealed record PickedFruit(Guid FruitId, string Name, string NameEn, int Boxes);

/// <summary>
/// GET /farm/sales?days=: what was paid for, by the Seoul day of the payment, without what was cancelled since. Every day is
/// there, the oldest first; fruits by their amount, the best first.
/// </summary>
public sealed record FarmSales(IReadOnlyList<SalesDay> Days, IReadOnlyList<FruitSales> Fruits);

/// <summary>One day's sales in boxes and whole KRW.</summary>
public sealed record SalesDay(DateOnly Day, int Orders, int Boxes, long AmountKrw);

/// <summary>One fruit's sales over the days that were asked for.</summary>
public sealed record FruitSales(Guid FruitId, string Name, string NameEn, int Boxes, long AmountKrw);

/// <summary>GET /farm/settlements: a month in Seoul each, the newest first; the running month is always there.</summary>
/// <param name="FeePercent">What the market takes of a line that is delivered today.</param>
public sealed record Settlements(decimal FeePercent, IReadOnlyList<SettlementMonth> Months);

/// <summary>A month's sums in whole KRW: payable = sold − refunded − fee.</summary>
/// <param name="Month">First day of the month.</param>
/// <param name="Open">The month is running: its sums still grow.</param>
public sealed record SettlementMonth(
    DateOnly Month,
    int Orders,
    int Boxes,
    long SoldKrw,
    long RefundedKrw,
    long FeeKrw,
    long PayableKrw,
    bool Open
);

/// <summary>GET /farm/settlements/{yyyy-MM}: the month with its lines by pages, the newest first.</summary>
public sealed record Settlement(SettlementMonth Sums, Paged<SettlementLine> Lines);

/// <summary>
/// A line that was delivered (<c>sale</c>) or refunded after that (<c>refund</c>: quantity, amount and fee negative). The sums of
/// a month are the sums of its lines.
/// </summary>
public sealed record SettlementLine(
    DateTimeOffset At,
    string Kind,
    Guid OrderId,
    Guid FruitId,
    string Name,
    string NameEn,
    int Quantity,
    long AmountKrw,
    long FeeKrw
);
