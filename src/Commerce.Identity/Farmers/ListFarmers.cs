using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Farmers;

/// <summary>GET /farmers?status=pending|approved (both without it), the newest 500 first.</summary>
internal static class ListFarmers
{
    public static async Task<Results<Ok<IReadOnlyList<FarmerApplication>>, ValidationProblem>> HandleAsync(
        string? status,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (status is not (null or "pending" or "approved"))
        {
            return Validation.Problem("status", "must be pending or approved");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var farmers = await connection.QueryAsync<FarmerApplication>(
            """
            select id, name, email, farm_name, region, approved, created_at
            from account
            where role = 'farmer' and (@status is null or approved = (@status = 'approved'))
            order by created_at desc, id
            limit 500
            """,
            new { status }
        );
        return TypedResults.Ok<IReadOnlyList<FarmerApplication>>(farmers.AsList());
    }
}
