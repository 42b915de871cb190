using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Admin;

/// <summary>GET /admin/orders/stats.</summary>
internal static class GetOrderStats
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/orders/stats", HandleAsync)
            .WithTags("Admin")
            .WithName("GetOrderStats")
            .WithSummary(
                "Orders by status; of the last 60 minutes, this one included: orders per minute, and how long they took from "
                    + "placed to confirmed, in all and by five minutes."
            )
            .RequireAuthorization(Policies.Admin);

    private static async Task<Ok<OrderStats>> HandleAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
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
                group by minute order by minute;

                with took as materialized (
                    select placed_at, extract(epoch from confirmed_at - placed_at)::float8 * 1000 as ms
                    from orders where placed_at >= now() - interval '1 hour' and confirmed_at is not null
                ), span as (
                    select now() - interval '1 hour' as begins, now() as ends, true as whole
                    union all
                    select part, part + interval '5 minutes', false
                    from generate_series(
                        date_bin('5 minutes', now(), 'epoch') - interval '55 minutes',
                        date_bin('5 minutes', now(), 'epoch'), interval '5 minutes') as part
                )
                select begins as from, count(ms) as orders,
                    percentile_cont(0.5) within group (order by ms) as p50_ms,
                    percentile_cont(0.95) within group (order by ms) as p95_ms
                from span left join took on took.placed_at >= begins and took.placed_at < ends
                group by whole, begins order by whole desc, begins
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
        var durations = (await results.ReadAsync<SagaDuration>()).AsList();
        return TypedResults.Ok(new OrderStats(byStatus, perMinute, durations[0], [.. durations.Skip(1)]));
    }
}
