using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>
/// GET /fruits/{id}/stock. Reasons: <c>lot</c>, <c>order</c> (boxes that a batch of orders took), <c>order-released</c>, or
/// the farmer's own words.
/// </summary>
internal static class StockHistory
{
    public static async Task<Results<Ok<IReadOnlyList<StockMovement>>, NotFound>> HandleAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                """
                select exists (select from fruits where id = @id and farm_id = @Sub);
                select m.at, m.delta, m.reason from stock_movements m join fruits f on f.id = m.fruit_id
                where f.id = @id and f.farm_id = @Sub order by m.id desc limit 200
                """,
                new { id, Sub = http.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        if (!await results.ReadSingleAsync<bool>())
            return TypedResults.NotFound();
        var rows = await results.ReadAsync<(DateTimeOffset At, int Delta, string Reason)>();
        return TypedResults.Ok<IReadOnlyList<StockMovement>>([
            .. rows.Select(row => new StockMovement(row.At, row.Delta, row.Reason)),
        ]);
    }
}
