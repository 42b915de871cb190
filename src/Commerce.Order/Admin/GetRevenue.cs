using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Admin;

/// <summary>GET /admin/orders/revenue?by=hour|day. Hours and days as Seoul's clock has them.</summary>
internal static class GetRevenue
{
    private static readonly Dictionary<string, string> Spans = new(StringComparer.Ordinal)
    {
        ["hour"] = "23 hours",
        ["day"] = "13 days",
    };

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/orders/revenue", HandleAsync)
            .WithTags("Admin")
            .WithName("GetRevenue")
            .WithSummary("What was paid and not given back, of orders placed in each of the last 24 hours or 14 days.")
            .RequireAuthorization(Policies.Admin);

    private static async Task<Results<Ok<IReadOnlyList<RevenueBar>>, ValidationProblem>> HandleAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        string by = "hour"
    )
    {
        if (!Spans.TryGetValue(by, out var span))
        {
            return Validation.Problem("by", "must be hour or day");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var bars = await connection.QueryAsync<RevenueBar>(
            new CommandDefinition(
                """
                with bar as (
                    select begins, begins at time zone 'Asia/Seoul' as from,
                        (begins + @step::interval) at time zone 'Asia/Seoul' as until
                    from generate_series(
                        date_trunc(@by, now() at time zone 'Asia/Seoul') - @span::interval,
                        date_trunc(@by, now() at time zone 'Asia/Seoul'), @step::interval) as begins
                )
                select bar.from, coalesce(sum(o.total_krw), 0)::bigint as krw, count(o.id) as orders
                from bar left join orders o on o.placed_at >= bar.from and o.placed_at < bar.until
                    and o.payment_status = 'captured' and o.refund_reason is null
                    and o.status in ('Confirmed', 'Delivered')
                group by bar.from order by bar.from
                """,
                new
                {
                    by,
                    span,
                    step = $"1 {by}",
                },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<RevenueBar>>(bars.AsList());
    }
}
