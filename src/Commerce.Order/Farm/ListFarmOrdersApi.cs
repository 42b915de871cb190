using Commerce.Contracts.Api;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults;
using Dapper;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/orders.</summary>
internal static class ListFarmOrdersApi
{
    // An address is a farmer's business only when there is something to ship to it.
    private static readonly ShippingAddress Withheld = new("", "", "", "", null);

    public static void MapListFarmOrders(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/orders", ListAsync)
            .WithTags("Farm")
            .WithName("ListFarmOrders")
            .WithSummary(
                "Orders with lines of the own farm, only these lines, newest first. The address is empty unless the order "
                    + "is Confirmed or Delivered."
            )
            .RequireAuthorization(Policies.Farmer)
            .Produces<Paged<FarmOrder>>()
            .ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        int? page = null,
        int? pageSize = null,
        string? status = null
    )
    {
        var validation = new Validation();
        if (Listing.Read(page, pageSize, status, validation) is not { } listing)
        {
            return validation.Problem();
        }

        const string Own = """
            from orders o
            where exists (select from order_lines x where x.order_id = o.id and x.farm_id = @farmId)
                and (@status::text is null or o.status = @status)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int {Own};

                select o.id, o.status, o.delivery_status, o.placed_at, o.recipient, o.phone, o.postal_code, o.line1, o.line2
                {Own} order by o.id desc limit @limit offset @offset;

                select {LineRow.Columns} from order_lines l
                where l.farm_id = @farmId
                    and l.order_id in (select o.id {Own} order by o.id desc limit @limit offset @offset)
                order by l.order_id, l.position
                """,
                new
                {
                    farmId = context.User.AccountId(),
                    status = listing.Status?.ToString(),
                    limit = listing.PageSize,
                    offset = listing.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<Row>()).AsList();
        var lines = (await results.ReadAsync<LineRow>()).ToLookup(line => line.OrderId, line => line.ToItem());
        return TypedResults.Ok(listing.Result(orders.ConvertAll(order => order.ToOrder([.. lines[order.Id]])), total));
    }

    private sealed record Row(
        Guid Id,
        string Status,
        string? DeliveryStatus,
        DateTimeOffset PlacedAt,
        string Recipient,
        string Phone,
        string PostalCode,
        string Line1,
        string? Line2
    )
    {
        public FarmOrder ToOrder(IReadOnlyList<OrderItem> items)
        {
            var status = Enum.Parse<OrderStatus>(Status);
            var address = status is OrderStatus.Confirmed or OrderStatus.Delivered
                ? new ShippingAddress(Recipient, Phone, PostalCode, Line1, Line2)
                : Withheld;
            return new(Id, status, DeliveryStatus, PlacedAt, address, items);
        }
    }
}
