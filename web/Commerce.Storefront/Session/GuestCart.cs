using System.Security.Claims;
using System.Security.Cryptography;

namespace Commerce.Storefront.Session;

/// <summary>
/// Gives every guest a random cart id in an HttpOnly cookie, and the rest of the request (and the circuit it opens) a claim
/// with it. Whoever knows the id sees the cart, so no script gets to read it.
/// </summary>
internal sealed class GuestCart(RequestDelegate next)
{
    public const string CookieName = "commerce.cart";

    public Task InvokeAsync(HttpContext context)
    {
        var id = context.Request.Cookies[CookieName];
        if (!IsWellFormed(id))
        {
            // Only a page opens a cart; files and sockets come after one.
            if (!HttpMethods.IsGet(context.Request.Method) || !AcceptsHtml(context.Request))
            {
                return next(context);
            }

            id = RandomNumberGenerator.GetHexString(32, lowercase: true);
            // When the answer begins, whether it was drawn for this guest or kept from another: a kept page has no cookies. Who is
            // refused gets no cart.
            context.Response.OnStarting(() =>
            {
                if (context.Response.StatusCode is not StatusCodes.Status400BadRequest and < 500)
                {
                    context.Response.Cookies.Append(CookieName, id, Options(context));
                }

                return Task.CompletedTask;
            });
        }

        context.User.AddIdentity(new ClaimsIdentity([new Claim(SessionClaims.Cart, id!)]));
        return next(context);
    }

    /// <summary>A new guest on this browser must not find the old one's cart.</summary>
    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(CookieName, Options(context));

    private static bool IsWellFormed(string? id) => id is { Length: 32 } && id.All(char.IsAsciiHexDigitLower);

    private static bool AcceptsHtml(HttpRequest request) =>
        request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.OrdinalIgnoreCase) is true);

    private static CookieOptions Options(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(30),
        };
}
