using Commerce.Contracts.Api;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults;
using Dapper;
using Npgsql;

namespace Commerce.Order.Admin;

/// <summary>GET /admin/orders.</summary>
internal static class ListAllOrdersApi
{
    public static void MapListAllOrders(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/orders", ListAsync)
            .WithTags("Admin")
            .WithName("ListAllOrders")
            .WithSummary(
                "All orders, newest first. q: an order's or account's id, the beginning of an order's id, or a part of a "
                    + "recipient's or fruit's name."
            )
            .RequireAuthorization(Policies.Admin)
            .Produces<Paged<AdminOrder>>()
            .ProducesValidationProblem();

    private static async Task<IResult> ListAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        int? page = null,
        int? pageSize = null,
        string? status = null,
        string? q = null
    )
    {
        var validation = new Validation();
        validation.OptionalText("q", q, max: 100);
        if (Listing.Read(page, pageSize, status, validation) is not { } listing)
        {
            return validation.Problem();
        }

        var search = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var wantsId = Guid.TryParse(search, out var id);
        var filter = (search, wantsId) switch
        {
            (null, _) => "",
            (_, true) => "and (o.id = @id or o.account_id = @id)",
            _ => """
                and (o.id::text like lower(@pattern) || '%' or o.recipient ilike '%' || @pattern || '%'
                    or exists (select from order_lines l where l.order_id = o.id
                        and (l.name ilike '%' || @pattern || '%' or l.name_en ilike '%' || @pattern || '%')))
                """,
        };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from orders o where (@status::text is null or o.status = @status) {filter};

                select o.id, o.account_id, o.status, o.reason, o.total_krw, o.placed_at, o.payment_status, o.delivery_status
                from orders o where (@status::text is null or o.status = @status) {filter}
                order by o.id desc limit @limit offset @offset
                """,
                new
                {
                    status = listing.Status?.ToString(),
                    id,
                    pattern = search is null ? null : EscapeLike(search),
                    limit = listing.PageSize,
                    offset = listing.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<Row>()).Select(order => order.ToOrder()).ToList();
        return TypedResults.Ok(listing.Result(orders, total));
    }

    private static string EscapeLike(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);

    private sealed record Row(
        Guid Id,
        Guid AccountId,
        string Status,
        string? Reason,
        long TotalKrw,
        DateTimeOffset PlacedAt,
        string PaymentStatus,
        string? DeliveryStatus
    )
    {
        public AdminOrder ToOrder() =>
            new(
                Id,
                AccountId,
                Enum.Parse<OrderStatus>(Status),
                Reason,
                TotalKrw,
                PlacedAt,
                PaymentStatus,
                DeliveryStatus
            );
    }
}
