using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Identity.Admin;

internal static class AccountAdminEndpoints
{
    public static void MapAccountAdmin(this IEndpointRouteBuilder app)
    {
        var accounts = app.MapGroup("/admin/accounts").WithTags("Admin").RequireAuthorization(Policies.Admin);
        accounts
            .MapGet("/", ListAccounts.HandleAsync)
            .WithSummary("Accounts, newest first. q: how an e-mail address or a name begins, or an id.");
        accounts
            .MapPost("/{id:guid}/lock", LockAccount.LockAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Ends the account's sessions and refuses to sign it in; 409 for one's own.");
        accounts
            .MapPost("/{id:guid}/unlock", LockAccount.UnlockAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Lets a locked account sign in again.");
    }
}
