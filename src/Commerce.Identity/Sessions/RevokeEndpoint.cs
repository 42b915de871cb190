using Commerce.Contracts.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Identity.Sessions;

/// <summary>POST /tokens/revoke: signs out. 204 whatever the token is (RFC 7009); access tokens run out by themselves.</summary>
internal static class RevokeEndpoint
{
    public static async Task<NoContent> HandleAsync(
        RefreshTokens body,
        SessionStore sessions,
        CancellationToken cancellationToken
    )
    {
        await sessions.CloseAsync(body.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }
}
