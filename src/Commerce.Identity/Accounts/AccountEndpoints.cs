using Commerce.ServiceDefaults;

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
    }
}
