using Commerce.Contracts.Api;
using Commerce.Identity.Sessions;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Identity.Accounts;

internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var accounts = app.MapGroup("/").WithTags("Accounts");
        accounts.MapPost("/accounts", Register.HandleAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        var me = accounts.MapGroup("/me").RequireAuthorization(Policies.SignedIn);
        me.MapGet("/", ReadMe.HandleAsync);
        me.MapPut("/", UpdateMe.HandleAsync).RequireRateLimiting(RateLimits.Writes);
        me.MapPost("/password", ChangePasswordEndpoint.HandleAsync)
            .Produces<Tokens>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .RequireRateLimiting(RateLimits.SignIn);
        me.MapDelete("/sessions", SignOutEverywhere.HandleAsync).RequireRateLimiting(RateLimits.Writes);
    }
}
