using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Accounts;

/// <summary>GET /me.</summary>
internal static class GetMe
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/me", HandleAsync).WithTags("Accounts").RequireAuthorization(Policies.SignedIn);

    private static async Task<Results<Ok<Account>, NotFound>> HandleAsync(
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var account = await connection.QuerySingleOrDefaultAsync<Account>(
            "select id, email, name, role, approved, created_at, suspended_at, suspension_reason from account where id = @Id",
            new { Id = user.AccountId() }
        );
        return account is null ? TypedResults.NotFound() : TypedResults.Ok(account);
    }
}
