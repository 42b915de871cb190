using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>
/// GET /fruits/{id}/stock. Reasons: <c>lot</c>, <c>order</c> (boxes that a batch of orders took), <c>order-released</c>, or
/// the farmer's own words.
/// </summary>
internal static class ListStockMovements
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/{id:guid}/stock", HandleAsync)
            .WithTags("Farm")
            .WithSummary("Stock movements of an own fruit, newest first")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<Paged<StockMovement>>, ValidationProblem, NotFound>> HandleAsync(
        Guid id,
        int? page,
        int? pageSize,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        var (number, size) = PageRequest.Read(page, pageSize, v, largest: 200);
        if (v.Failed)
            return v.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                """
                select (select count(*) from stock_movements where fruit_id = f.id)::int
                from fruits f where f.id = @id and f.farm_id = @Sub;
                select m.at, m.delta, m.reason from stock_movements m join fruits f on f.id = m.fruit_id
                where f.id = @id and f.farm_id = @Sub order by m.id desc limit @size offset @skip
                """,
                new
                {
                    id,
                    Sub = http.User.AccountId(),
                    size,
                    skip = (number - 1) * size,
                },
                cancellationToken: cancellationToken
            )
        );
        if (await results.ReadSingleOrDefaultAsync<int?>() is not { } total)
            return TypedResults.NotFound();
        var movements = (await results.ReadAsync<(DateTimeOffset At, int Delta, string Reason)>())
            .Select(row => new StockMovement(row.At, row.Delta, row.Reason))
            .ToList();
        return TypedResults.Ok(new Paged<StockMovement>(movements, total, number, size));
    }
}
