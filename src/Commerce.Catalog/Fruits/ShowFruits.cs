using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /fruits/{id}, GET /fruits/ids and GET /fruits/bestsellers.</summary>
internal static class ShowFruits
{
    private const int Ranked = 100;

    /// <summary>A site map holds 50,000 addresses; some are other pages.</summary>
    private const int MostIds = 45_000;

    /// <summary>Also one that is no longer for sale: orders of the past link to it.</summary>
    public static async Task<Results<Ok<Fruit>, NotFound>> OneAsync(
        Guid id,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<FruitRow>(
            new CommandDefinition(
                $"select {FruitRow.Columns} from {FruitRow.From} where f.id = @id",
                new { id },
                cancellationToken: cancellationToken
            )
        );
        return row is null ? TypedResults.NotFound() : TypedResults.Ok(row.ToFruit(time.GetUtcNow()));
    }

    /// <summary>Ids of all that is for sale, newest first: for a list of the shop's pages.</summary>
    public static async Task<Ok<IReadOnlyList<Guid>>> IdsAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ids = await connection.QueryAsync<Guid>(
            new CommandDefinition(
                "select id from fruits where for_sale order by id desc limit @MostIds",
                new { MostIds },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Guid>>([.. ids]);
    }

    /// <summary>
    /// By boxes sold in the last 30 days (confirmed and not cancelled), best first; recommended ones fill up what the ranking lacks.
    /// </summary>
    public static async Task<Results<Ok<IReadOnlyList<Fruit>>, ValidationProblem>> BestsellersAsync(
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
