using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>GET /farms: open.</summary>
internal static class ListFarms
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/farms", HandleAsync).WithTags("Farms").WithSummary("Farms that sell here, by region");

    private static async Task<Ok<IReadOnlyList<Farm>>> HandleAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farms = await connection.QueryAsync<Farm>(
            new CommandDefinition(
                $"""
                {FarmRow.Select} where not exists (select from farm_standings s where s.farm_id = farm.id and s.suspended)
                group by farm.id order by farm.region collate "C", farm.id
                """,
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Farm>>([.. farms]);
    }
}
