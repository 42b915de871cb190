using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>GET /farms and GET /farms/{id}: open.</summary>
internal static class ShowFarms
{
    private const string Farms = """
        select farm.id, farm.name, farm.name_en, farm.region, farm.region_en, farm.story, farm.story_en,
          count(f.id) filter (where f.for_sale)::int as fruit_count,
          coalesce(round(sum(f.rating_sum) / nullif(sum(f.review_count), 0), 1), 0)::float8 as rating,
          farm.producer, farm.producer_en, farm.phone
        from farms farm left join fruits f on f.farm_id = farm.id
        """;

    public static IEndpointRouteBuilder MapFarms(this IEndpointRouteBuilder endpoints)
    {
        var farms = endpoints.MapGroup("/farms").WithTags("Farms");
        farms.MapGet("/", AllAsync).WithSummary("Farms that sell here, by region");
        farms.MapGet("/{id:guid}", OneAsync).WithSummary("One farm");
        farms
            .MapPut("/me", ChangeFarm.HandleAsync)
            .RequireAuthorization(Policies.Farmer)
            .RequireRateLimiting(RateLimits.Writes)
            .AddEndpointFilter<RouteHandlerBuilder, RequireActiveFarm>()
            .WithSummary("Changes what the own farm tells of itself");
        return endpoints;
    }

    private static async Task<Ok<IReadOnlyList<Farm>>> AllAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farms = await connection.QueryAsync<Farm>(
            new CommandDefinition(
                $"""
                {Farms} where not exists (select from farm_standings s where s.farm_id = farm.id and s.suspended)
                group by farm.id order by farm.region collate "C", farm.id
                """,
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Farm>>([.. farms]);
    }

    private static async Task<Results<Ok<Farm>, NotFound>> OneAsync(
        Guid id,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farm = await connection.QuerySingleOrDefaultAsync<Farm>(
            new CommandDefinition(
                $"{Farms} where farm.id = @id group by farm.id",
                new { id },
                cancellationToken: cancellationToken
            )
        );
        return farm is null ? TypedResults.NotFound() : TypedResults.Ok(farm);
    }
}
