using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Farmers;

/// <summary>GET /farmers?status=pending|approved|suspended (all without it; suspended ones are approved), the newest 500 first.</summary>
internal static class ListFarmers
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/farmers", HandleAsync).WithTags("Farmers").RequireAuthorization(Policies.Admin);

    private static async Task<Results<Ok<IReadOnlyList<FarmerApplication>>, ValidationProblem>> HandleAsync(
        string? status,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (status is not (null or "pending" or "approved" or "suspended"))
        {
            return Validation.Problem("status", "must be pending, approved or suspended");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farmers = await connection.QueryAsync<FarmerApplication>(
            """
            select id, name, email, farm_name, region, approved, created_at, suspended_at, suspension_reason
            from account
            where role = 'farmer' and (@status is null or approved = (@status <> 'pending'))
              and (@status is distinct from 'suspended' or suspended_at is not null)
            order by created_at desc, id
            limit 500
            """,
            new { status }
        );
        return TypedResults.Ok<IReadOnlyList<FarmerApplication>>(farmers.AsList());
    }
}
