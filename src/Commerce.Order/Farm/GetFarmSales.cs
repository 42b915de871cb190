using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/sales.</summary>
internal static class GetFarmSales
{
    private const int MostDays = 366;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/sales", HandleAsync)
            .WithTags("Farm")
            .WithName("GetFarmSales")
            .WithSummary(
                "Paid and not cancelled, by day in Seoul and by fruit, over the last days (84), today included"
            )
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<FarmSales>, ValidationProblem>> HandleAsync(
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken,
        int? days = null
    )
    {
        if (days is < 1 or > MostDays)
        {
            return Validation.Problem("days", $"must be 1 to {MostDays}");
        }

        var today = MarketDays.DayOf(time.GetUtcNow());
        var since = today.AddDays(1 - (days ?? 84));
        var start = MarketDays.StartOf(since);
        // Ids are UUIDv7 and an order is confirmed minutes after it was placed: the index on the farm's lines finds the days.
        const string Paid = """
            from order_lines l join orders o on o.id = l.order_id
            where l.farm_id = @farmId and l.order_id >= @firstId and o.confirmed_at >= @start
                and o.status in ('Confirmed', 'Delivered') and o.payment_status = 'captured'
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                with paid as (
                    select (o.confirmed_at at time zone 'Asia/Seoul')::date as day, count(distinct o.id)::int as orders,
                        sum(l.quantity)::int as boxes, sum(l.quantity * l.unit_price_krw)::bigint as amount_krw
                    {Paid} group by 1
                )
                select d.day::date, coalesce(p.orders, 0) as orders, coalesce(p.boxes, 0) as boxes,
                    coalesce(p.amount_krw, 0) as amount_krw
                from generate_series(@since, @today, interval '1 day') d (day)
                left join paid p on p.day = d.day::date order by d.day;

                select l.fruit_id, (array_agg(l.name order by l.order_id desc))[1] as name,
                    (array_agg(l.name_en order by l.order_id desc))[1] as name_en, sum(l.quantity)::int as boxes,
                    sum(l.quantity * l.unit_price_krw)::bigint as amount_krw
                {Paid} group by l.fruit_id order by 5 desc, 1
                """,
                new
                {
                    farmId = context.User.AccountId(),
                    firstId = Guid.CreateVersion7(start.AddDays(-1)),
                    start = start.ToUniversalTime(),
                    since = since.ToDateTime(TimeOnly.MinValue),
                    today = today.ToDateTime(TimeOnly.MinValue),
                },
                cancellationToken: cancellationToken
            )
        );
        var byDay = (await results.ReadAsync<SalesDay>()).AsList();
        var byFruit = (await results.ReadAsync<FruitSales>()).AsList();
        return TypedResults.Ok(new FarmSales(byDay, byFruit));
    }
}
