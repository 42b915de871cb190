using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Accounts;

/// <summary>PUT /me. The name in access tokens follows with the next refresh.</summary>
internal static class UpdateMe
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/me", HandleAsync)
            .WithTags("Accounts")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<Account>, ValidationProblem, NotFound>> HandleAsync(
        UpdateAccount body,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        v.Text("name", body.Name, max: 50);
        if (v.Failed)
        {
            return v.Problem();
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var account = await connection.QuerySingleOrDefaultAsync<Account>(
            """
            update account set name = @Name where id = @Id
            returning id, email, name, role, approved, created_at, suspended_at, suspension_reason
            """,
            new { Id = user.AccountId(), Name = body.Name.Trim() }
        );
        return account is null ? TypedResults.NotFound() : TypedResults.Ok(account);
    }
}
