using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Queries;

/// <summary>GET /orders.</summary>
internal static class ListOrders
{
    /// <summary>What a shopper looks for, beside the single statuses: <c>state=open</c>, <c>delivered</c>, <c>ended</c>.</summary>
    private static readonly Dictionary<string, OrderStatus[]> States = new(StringComparer.OrdinalIgnoreCase)
    {
        ["open"] = [OrderStatus.Placed, OrderStatus.StockReserved, OrderStatus.Confirmed],
        ["delivered"] = [OrderStatus.Delivered],
        ["ended"] = [OrderStatus.Cancelled, OrderStatus.Rejected],
    };

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/orders", HandleAsync)
            .WithTags("Orders")
            .WithName("ListOrders")
            .WithSummary("The own orders, newest first; by status, or by state: open, delivered, ended.")
            .RequireAuthorization(Policies.SignedIn);

    private static async Task<Results<Ok<Paged<OrderSummary>>, ValidationProblem>> HandleAsync(
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        int? page = null,
        int? pageSize = null,
        string? status = null,
        string? state = null
    )
    {
        var validation = new Validation();
        var known = States.GetValueOrDefault(state ?? "");
        validation.Check("state", known is not null || string.IsNullOrEmpty(state), "must be open, delivered or ended");
        if (OrderListQuery.Read(page, pageSize, status, validation) is not { } listing)
        {
            return validation.Problem();
        }

        var wanted = listing.Status is { } one ? [one] : known;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from orders
                where account_id = @accountId and (@statuses::text[] is null or status = any(@statuses));

                select id, status, reason, total_krw, placed_at, payment_status, delivery_status from orders
                where account_id = @accountId and (@statuses::text[] is null or status = any(@statuses))
                order by id desc limit @limit offset @offset;

                select {LineRow.Columns} from order_lines l
                where l.order_id in (
                    select id from orders
                    where account_id = @accountId and (@statuses::text[] is null or status = any(@statuses))
                    order by id desc limit @limit offset @offset)
                order by l.order_id, l.position
                """,
                new
                {
                    accountId = context.User.AccountId(),
                    statuses = wanted?.Select(one => one.ToString()).ToArray(),
                    limit = listing.PageSize,
                    offset = listing.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<Row>()).AsList();
        var lines = (await results.ReadAsync<LineRow>()).ToLookup(line => line.OrderId, line => line.ToItem());
        return TypedResults.Ok(
            listing.Result(orders.ConvertAll(order => order.ToSummary([.. lines[order.Id]])), total)
        );
    }

    private sealed record Row(
        Guid Id,
        string Status,
        string? Reason,
        long TotalKrw,
        DateTimeOffset PlacedAt,
        string PaymentStatus,
        string? DeliveryStatus
    )
    {
        public OrderSummary ToSummary(IReadOnlyList<OrderItem> items) =>
            new(Id, Enum.Parse<OrderStatus>(Status), Reason, TotalKrw, PlacedAt, items, PaymentStatus, DeliveryStatus);
    }
}
