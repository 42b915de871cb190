using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;

namespace Commerce.Storefront.Text;

/// <summary>Korean first, English beside it. The choice is a cookie, so that the circuit of a page speaks the page's language.</summary>
internal static class Cultures
{
    public const string Default = "ko-KR";
    public static readonly string[] Supported = [Default, "en-US"];

    /// <summary><c>?culture=en</c> on any page.</summary>
    public const string QueryKey = "culture";

    public static void Configure(RequestLocalizationOptions options)
    {
        options.SetDefaultCulture(Default).AddSupportedCultures(Supported).AddSupportedUICultures(Supported);
        // Not the browser's language: a Korean market speaks Korean until someone switches.
        options.RequestCultureProviders = [new ChoiceInAddress(), new CookieRequestCultureProvider()];
        options.ApplyCurrentCultureToResponseHeaders = true;
    }

    public static void UseCultures(this WebApplication app) =>
        app.UseRequestLocalization(app.Services.GetRequiredService<IOptions<RequestLocalizationOptions>>().Value);

    /// <summary>"ko" and "en" are understood as well as the full names; null for anything else.</summary>
    public static string? Find(string? name) =>
        name is null
            ? null
            : Supported.FirstOrDefault(s =>
                s.Equals(name, StringComparison.OrdinalIgnoreCase)
                || s[..2].Equals(name, StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>What the cookie says; Korean without one.</summary>
    public static string Chosen(HttpRequest request) =>
        request.Cookies[CookieRequestCultureProvider.DefaultCookieName] is { } cookie
            ? Find(CookieRequestCultureProvider.ParseCookieValue(cookie)?.UICultures.FirstOrDefault().Value) ?? Default
            : Default;

    /// <summary>The cookie of that choice, as a request brings it.</summary>
    public static string Cookie(string culture) =>
        $"{CookieRequestCultureProvider.DefaultCookieName}={Uri.EscapeDataString(CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)))}";

    public static bool IsKorean => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko";

    /// <summary><c>?culture=en</c> on any page switches, and is remembered: the page's circuit connects without the query.</summary>
    private sealed class ChoiceInAddress : IRequestCultureProvider
    {
        public Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
        {
            if (Find(httpContext.Request.Query[QueryKey]) is not { } culture)
            {
                return NullProviderCultureResult;
            }

            httpContext.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)),
                new CookieOptions
                {
                    MaxAge = TimeSpan.FromDays(365),
                    IsEssential = true,
                    HttpOnly = true,
                    SameSite = SameSiteMode.Lax,
                    Secure = httpContext.Request.IsHttps,
                }
            );
            return Task.FromResult<ProviderCultureResult?>(new(culture));
        }
    }

    private static readonly Task<ProviderCultureResult?> NullProviderCultureResult =
        Task.FromResult<ProviderCultureResult?>(null);
}
