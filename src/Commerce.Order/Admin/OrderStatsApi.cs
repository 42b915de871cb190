using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Npgsql;

namespace Commerce.Order.Admin;

/// <summary>GET /admin/orders/stats.</summary>
internal static class OrderStatsApi
{
    public static void MapOrderStats(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/orders/stats", GetAsync)
            .WithTags("Admin")
            .WithName("GetOrderStats")
            .WithSummary("Orders by status, and orders placed in each of the last 60 minutes, this one included.")
            .RequireAuthorization(Policies.Admin)
            .Produces<OrderStats>();

    private static async Task<IResult> GetAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                """
                select status, count(*) as count from orders group by status;

                select minute, count(o.id) as count
                from generate_series(
                    date_trunc('minute', now()) - interval '59 minutes', date_trunc('minute', now()), interval '1 minute'
                ) as minute
                left join orders o on o.placed_at >= minute and o.placed_at < minute + interval '1 minute'
                group by minute order by minute
                """,
                cancellationToken: cancellationToken
            )
        );
        var counted = (await results.ReadAsync<(string Status, long Count)>()).ToDictionary(
            row => row.Status,
            row => row.Count,
            StringComparer.Ordinal
        );
        var byStatus = Enum.GetNames<OrderStatus>()
            .ToDictionary(status => status, status => counted.GetValueOrDefault(status), StringComparer.Ordinal);
        var perMinute = (await results.ReadAsync<MinuteCount>()).AsList();
        return TypedResults.Ok(new OrderStats(byStatus, perMinute));
    }
}
