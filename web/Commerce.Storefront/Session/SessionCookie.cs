using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Commerce.Storefront.Session;

/// <summary>
/// The signed-in session: an encrypted cookie with who it is, a session id and the tokens as of its last renewal.
/// </summary>
internal sealed class SessionCookie(SessionTokens tokens) : CookieAuthenticationEvents
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    public const string Name = "commerce.session";

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.IsEssential = true;
        options.LoginPath = "/sign-in";
        options.AccessDeniedPath = "/forbidden";
        options.ReturnUrlParameter = "returnUrl";
        options.ExpireTimeSpan = TimeSpan.FromDays(14);
        options.SlidingExpiration = true;
        options.EventsType = typeof(SessionCookie);
    }

    /// <summary>Opens the session in the response's cookie.</summary>
    public static async Task SignInAsync(HttpContext context, Account account, Tokens issued)
    {
        var session = Guid.NewGuid().ToString("N");
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var properties = new AuthenticationProperties { IsPersistent = true };
        TokenSet.From(issued, now).PutInto(properties);
        await context.SignInAsync(Scheme, SessionClaims.Principal(account, session, Scheme), properties);
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var session = context.Principal?.FindFirst(SessionClaims.SessionId)?.Value;
        var brought = TokenSet.In(context.Properties);
        if (session is null || brought is null)
        {
            context.RejectPrincipal();
            return;
        }

        tokens.Remember(session, brought);
        try
        {
            if (await tokens.CurrentAsync(session, context.HttpContext.RequestAborted) is not { } current)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(Scheme);
                return;
            }

            if (current != brought)
            {
                current.PutInto(context.Properties);
                context.ShouldRenew = true;
            }
        }
        catch (ApiException)
        {
            // Identity is away and the tokens ended: the visitor stays who they are, pages that need a service say so.
        }
    }

    /// <summary>
    /// The page decides where a sign-in leads (<see cref="Address.LocalOrHome"/>). The framework would take the address as it came,
    /// and write it into a header that holds ASCII only.
    /// </summary>
    public override Task RedirectToReturnUrl(RedirectContext<CookieAuthenticationOptions> context) =>
        Task.CompletedTask;

    public override async Task SigningOut(CookieSigningOutContext context)
    {
        if (context.HttpContext.User.FindFirst(SessionClaims.SessionId)?.Value is { } session)
        {
            await tokens.ForgetAsync(session);
        }
    }
}
