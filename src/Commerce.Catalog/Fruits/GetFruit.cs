using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /fruits/{id}: also one that is no longer for sale, because orders of the past link to it.</summary>
internal static class GetFruit
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/{id:guid}", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("One fruit, also when it is no longer for sale");

    private static async Task<Results<Ok<Fruit>, NotFound>> HandleAsync(
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
}
