using System.Security.Claims;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Sessions;

/// <summary>DELETE /me/sessions: signs the account out on every device. Access tokens run out by themselves.</summary>
internal static class RevokeSessions
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapDelete("/me/sessions", HandleAsync)
            .WithTags("Accounts")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<NoContent> HandleAsync(
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "update session set revoked_at = now() where account_id = @Id and revoked_at is null",
            new { Id = user.AccountId() }
        );
        return TypedResults.NoContent();
    }
}
