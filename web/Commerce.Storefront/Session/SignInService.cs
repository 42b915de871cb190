using Commerce.Contracts.Api;
using Commerce.Storefront.Api;

namespace Commerce.Storefront.Session;

/// <summary>What follows when Identity accepted a password: who is it, the cookie, and the guest's cart comes along.</summary>
public sealed class SignInService(IdentityApi identity, OrderApi orders, ILogger<SignInService> logger)
{
    /// <exception cref="ApiException">Identity does not answer; nothing was changed.</exception>
    public async Task OpenAsync(HttpContext context, Tokens issued)
    {
        var account = await identity.MeAsync(issued.AccessToken);
        await SessionCookie.SignInAsync(context, account, issued);
        if (context.User.FindFirst(SessionClaims.Cart)?.Value is { } cart)
        {
            try
            {
                await orders.MergeCartAsync(cart, issued.AccessToken);
                GuestCart.Forget(context);
            }
            catch (ApiException e)
            {
                // The cookie stays, so that the next sign-in merges it.
                logger.LogWarning("A guest's cart was not merged: {ErrorKind}", e.ErrorKind);
            }
        }
    }
}
