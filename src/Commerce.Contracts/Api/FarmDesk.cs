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

/// <summary>
/// One thing that is wrong with a listing, in a form that can be told in any language. Also in the problem details of a refused
/// listing, as <c>problems</c> beside <c>errors</c>.
/// </summary>
/// <param name="Field">As in <see cref="FruitDraft"/>: <c>brix</c>, <c>countMax</c>.</param>
/// <param name="Rule">A <see cref="FruitRules"/> value.</param>
/// <param name="Min">Least value that would do, where the rule has one.</param>
/// <param name="Max">Largest value that would do, where the rule has one.</param>
public sealed record FruitProblem(string Field, string Rule, decimal? Min = null, decimal? Max = null);

/// <summary>What can be wrong with a field of a listing.</summary>
public static class FruitRules
{
    public const string Required = "required";
    public const string TooLong = "too-long";
    public const string Unprintable = "unprintable";

    /// <summary>Not one of the words that are known for it.</summary>
    public const string Unknown = "unknown";

    /// <summary>Outside of <c>min</c> … <c>max</c>.</summary>
    public const string Range = "range";

    /// <summary>Outside of what is plausible for the kind of fruit.</summary>
    public const string Implausible = "implausible";

    /// <summary>So many fruits of this kind do not weigh so little: at most <c>max</c>.</summary>
    public const string TooManyForWeight = "too-many-for-weight";

    /// <summary>So few fruits of this kind do not weigh so much: at least <c>min</c>.</summary>
    public const string TooFewForWeight = "too-few-for-weight";

    /// <summary>More decimals than are kept: at most <c>max</c>.</summary>
    public const string Decimals = "decimals";

    /// <summary>In a file: not a number, a day or a yes or no.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>In a file: the same fruit stands in row <c>min</c> already.</summary>
    public const string Twice = "twice";

    /// <summary>In a file: more cells than the header has columns, or less.</summary>
    public const string Cells = "cells";

    public static IReadOnlyList<string> All { get; } =
    [
        Required,
        TooLong,
        Unprintable,
        Unknown,
        Range,
        Implausible,
        TooManyForWeight,
        TooFewForWeight,
        Decimals,
        Unreadable,
        Twice,
        Cells,
    ];
}

/// <summary>What is plausible for a kind of fruit.</summary>
/// <param name="GramsMin">Least weight of one fruit (a bunch of grapes) in g.</param>
public sealed record FruitNorm(decimal BrixMin, decimal BrixMax, decimal GramsMin, decimal GramsMax);

/// <summary>POST /fruits/check (farmer): what POST /fruits would say, without storing anything.</summary>
/// <param name="Norm">Of the draft's kind; null when its category is unknown.</param>
public sealed record FruitCheck(IReadOnlyList<FruitProblem> Problems, FruitNorm? Norm);

/// <summary>PUT /fruits/{id}/for-sale (farmer): withdraws a fruit from the shop or brings it back.</summary>
public sealed record SaleState(bool ForSale);

/// <summary>GET /farm/reviews: reviews of all own fruits, newest first.</summary>
public sealed record FarmReview(
    Guid Id,
    Guid FruitId,
    string Name,
    string NameEn,
    string Author,
    int Stars,
    string Text,
    DateTimeOffset At
);

/// <summary>PUT /farms/me (farmer): what the farm tells of itself. English texts that are left out are the Korean ones.</summary>
/// <param name="Region">Province and county, <c>경북 청송</c>.</param>
/// <param name="Phone">For consumers; published with every fruit.</param>
public sealed record FarmProfile(
    string Region,
    string Story,
    string? StoryEn = null,
    string? Producer = null,
    string? ProducerEn = null,
    string? Phone = null
);

/// <summary>
/// POST /farm/imports (farmer): a CSV file of fruits, up to 1 MB and 1,000 rows, UTF-8 or CP949, is read and checked; nothing is
/// listed yet. POST /farm/imports/{id}/run then takes the next 50 good rows and answers with the same record, until
/// <paramref name="Finished"/>.
/// </summary>
/// <param name="Encoding"><c>utf-8</c> or <c>cp949</c>.</param>
/// <param name="Rows">All rows behind the header.</param>
/// <param name="Bad">Rows with a problem; they are left out.</param>
/// <param name="Done">Good rows that were taken so far.</param>
/// <param name="Problems">At most 500, by row.</param>
/// <param name="Sample">The first 20 good rows.</param>
public sealed record FruitImport(
    Guid Id,
    string Encoding,
    int Rows,
    int Bad,
    int Done,
    int Created,
    int Updated,
    int Unchanged,
    bool Finished,
    IReadOnlyList<ImportProblem> Problems,
    IReadOnlyList<ImportRow> Sample
);

/// <summary>What is wrong with a cell. <paramref name="Row"/> counts as a spreadsheet does: the header is row 1.</summary>
/// <param name="Column">The column's title as the file writes it; empty when it is the whole row.</param>
public sealed record ImportProblem(int Row, string Column, string Value, FruitProblem Problem);

/// <summary>A row that will be taken.</summary>
/// <param name="IsNew">Whether it lists a new fruit; otherwise it changes one that is there.</param>
public sealed record ImportRow(
    int Row,
    string Name,
    string Variety,
    string Category,
    string Grade,
    decimal Brix,
    decimal WeightKg,
    long PriceKrw,
    int? Boxes,
    bool IsNew
);

/// <summary>POST /farm/imports/{id}/run. <paramref name="OnlyWhole"/>: 409 and nothing is taken when any row is bad.</summary>
public sealed record RunImport(bool OnlyWhole = false);
