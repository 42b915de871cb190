using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Identity.Sessions;

/// <summary>POST /tokens/revoke: signs out. 204 whatever the token is (RFC 7009); access tokens run out by themselves.</summary>
internal static class RevokeSession
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/tokens/revoke", HandleAsync)
            .WithTags("Tokens")
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<NoContent> HandleAsync(
        RefreshTokens body,
        SessionStore sessions,
        CancellationToken cancellationToken
    )
    {
        await sessions.CloseAsync(body.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }
}
