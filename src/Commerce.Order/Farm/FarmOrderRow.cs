using Commerce.Contracts.Api;
using Commerce.Order.Queries;

namespace Commerce.Order.Farm;

/// <summary>An order as one of its farms sees it; <c>@farmId</c> is that farm.</summary>
internal sealed record FarmOrderRow(
    Guid Id,
    string Status,
    string? DeliveryStatus,
    DateTimeOffset PlacedAt,
    string Recipient,
    string Phone,
    string PostalCode,
    string Line1,
    string? Line2,
    DateOnly? ShipsOn,
    bool ToShip
)
{
    /// <summary>Of the table under the name <c>o</c>.</summary>
    public const string Columns = $"""
        o.id, o.status, o.delivery_status, o.placed_at, o.recipient, o.phone, o.postal_code, o.line1, o.line2, o.ships_on,
        {IsToShip} as to_ship
        """;

    /// <summary>The own boxes have not left yet, whatever other farms of the order did.</summary>
    public const string IsToShip = """
        (o.status = 'Confirmed' and (coalesce(o.delivery_status, 'READY') = 'READY' or @farmId = any(o.waiting_for)))
        """;

    /// <summary>The own lines <c>l</c> of orders <c>o</c> that have not left yet and are due on some day.</summary>
    public const string UnshippedLines = $"""
        from orders o join order_lines l on l.order_id = o.id and l.farm_id = @farmId
        where o.status = 'Confirmed' and o.ships_on is not null and {IsToShip}
        """;

    /// <summary>The order has a line of the farm.</summary>
    public const string IsOwn = "exists (select from order_lines x where x.order_id = o.id and x.farm_id = @farmId)";

    // An address is a farmer's business only when there is something to ship to it.
    private static readonly ShippingAddress Withheld = new("", "", "", "", null);

    public FarmOrder ToOrder(ILookup<Guid, OrderItem> items)
    {
        var status = Enum.Parse<OrderStatus>(Status);
        var address = status is OrderStatus.Confirmed or OrderStatus.Delivered
            ? new ShippingAddress(Recipient, Phone, PostalCode, Line1, Line2)
            : Withheld;
        return new(Id, status, DeliveryStatus, PlacedAt, address, [.. items[Id]], ShipsOn, ToShip);
    }

    public static ILookup<Guid, OrderItem> Items(IEnumerable<LineRow> lines) =>
        lines.ToLookup(line => line.OrderId, line => line.ToItem());
}
