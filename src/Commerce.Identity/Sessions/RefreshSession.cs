using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Identity.Sessions;

/// <summary>POST /tokens/refresh. A refresh token is good for one use; the answer brings the next one.</summary>
internal static class RefreshSession
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/tokens/refresh", HandleAsync)
            .WithTags("Tokens")
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult>> HandleAsync(
        RefreshTokens body,
        HttpResponse response,
        SessionStore sessions,
        CancellationToken cancellationToken
    )
    {
        response.Headers.CacheControl = "no-store";
        return await sessions.RefreshAsync(body.RefreshToken, cancellationToken) is { } tokens
            ? TypedResults.Ok(tokens)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                title: "The session is over.",
                detail: "Sign in again."
            );
    }
}
