namespace Commerce.Storefront.Hosting;

internal static class SecurityHeaders
{
    // Scripts only from files of this shop. Radzen places popups and draws charts with style attributes, so those are allowed,
    // while style elements and foreign style sheets are not.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        + "frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Cross-Origin-Resource-Policy"] = "same-origin";
                context.Response.OnStarting(LimitCaching, context);
                return next(context);
            }
        );

    /// <summary>
    /// A page belongs to its visitor: cookies decide its language, theme and cart. What a signed-in person saw is not kept at
    /// all. Files have their own rules (fingerprinted ones never change).
    /// </summary>
    private static Task LimitCaching(object state)
    {
        var context = (HttpContext)state;
        var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) is true;
        if (isPage)
        {
            context.Response.Headers.CacheControl = context.User.Identity?.IsAuthenticated is true
                ? "no-store"
                : "private, no-cache";
        }

        return Task.CompletedTask;
    }
}
