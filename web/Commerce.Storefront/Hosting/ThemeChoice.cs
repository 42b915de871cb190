namespace Commerce.Storefront.Hosting;

/// <summary>Light or dark, as the switch in the header wrote it into a cookie; absent, the page follows the system.</summary>
internal static class ThemeChoice
{
    private const string CookieName = "theme";

    public static string? Of(HttpRequest? request) =>
        request?.Cookies[CookieName] is "light" or "dark" ? request.Cookies[CookieName] : null;

    /// <summary>The cookie of that choice, as a request brings it.</summary>
    public static string Cookie(string? theme) => $"{CookieName}={theme}";
}
