using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>
/// GET /fruits/bestsellers: by boxes sold in the last 30 days (confirmed and not cancelled), best first; recommended ones fill up
/// what the ranking lacks.
/// </summary>
internal static class ListBestsellers
{
    private const int Ranked = 100;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/bestsellers", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("What sold best in the last 30 days");

    private static async Task<Results<Ok<IReadOnlyList<Fruit>>, ValidationProblem>> HandleAsync(
        int? count,
        NpgsqlDataSource database,
        BestsellerRanking bestsellers,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (count is < 1 or > 60)
            return Validation.Problem("count", "must be 1 to 60");

        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ranking =
            await bestsellers.BestAsync(Ranked) ?? await RankAsync(connection, bestsellers, cancellationToken);
        var rows = await connection.QueryAsync<FruitRow>(
            new CommandDefinition(
                $"""
                with ranked as (
                  select f.id, r.place from unnest(@Ranking) with ordinality r(id, place) join fruits f on f.id = r.id
                  where f.for_sale order by r.place limit @Count
                ), others as (
                  select f.id, null::bigint from fruits f where f.for_sale and f.id <> all(@Ranking)
                  order by {FruitRow.Recommended} limit @Count
                )
                select {FruitRow.Columns} from {FruitRow.From}
                  join (select * from ranked union all select * from others) best on best.id = f.id
                order by best.place nulls last, {FruitRow.Recommended} limit @Count
                """,
                new { Ranking = ranking.ToArray(), Count = count ?? 12 },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Fruit>>([.. rows.Select(row => row.ToFruit(now))]);
    }

    private static async Task<IReadOnlyList<Guid>> RankAsync(
        NpgsqlConnection connection,
        BestsellerRanking bestsellers,
        CancellationToken cancellationToken
    )
    {
        var sales = (
            await connection.QueryAsync<(Guid FruitId, long Boxes)>(
                new CommandDefinition(
                    """
                    select fruit_id, sum(boxes)::bigint from sales where sold_on > now() - interval '30 days'
                    group by fruit_id having sum(boxes) > 0 order by 2 desc, 1 limit @Ranked
                    """,
                    new { Ranked },
                    cancellationToken: cancellationToken
                )
            )
        ).ToList();
        await bestsellers.KeepAsync(sales);
        return sales.ConvertAll(sale => sale.FruitId);
    }
}
