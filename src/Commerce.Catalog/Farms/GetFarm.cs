using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>GET /farms/{id}: open.</summary>
internal static class GetFarm
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/farms/{id:guid}", HandleAsync).WithTags("Farms").WithSummary("One farm");

    private static async Task<Results<Ok<Farm>, NotFound>> HandleAsync(
        Guid id,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farm = await connection.QuerySingleOrDefaultAsync<Farm>(
            new CommandDefinition(
                $"{FarmRow.Select} where farm.id = @id group by farm.id",
                new { id },
                cancellationToken: cancellationToken
            )
        );
        return farm is null ? TypedResults.NotFound() : TypedResults.Ok(farm);
    }
}
