using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Identity.Sessions;

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder app)
    {
        var tokens = app.MapGroup("/tokens").WithTags("Tokens").AllowAnonymous();
        tokens
            .MapPost("/", SignInEndpoint.HandleAsync)
            .Produces<Tokens>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .RequireRateLimiting(RateLimits.SignIn);
        tokens.MapPost("/refresh", RefreshEndpoint.HandleAsync).RequireRateLimiting(RateLimits.Writes);
        tokens.MapPost("/revoke", RevokeEndpoint.HandleAsync).RequireRateLimiting(RateLimits.Writes);
    }
}
