using System.Security.Claims;
using System.Xml.Linq;
using Commerce.Storefront.Api;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Caching.Memory;

namespace Commerce.Storefront.Hosting;

/// <summary>/robots.txt and /sitemap.xml: which pages are for search engines.</summary>
internal static class SiteMap
{
    private static readonly XNamespace Xml = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    public static void MapSiteMap(this WebApplication app)
    {
        app.MapGet("/robots.txt", Robots);
        app.MapGet("/sitemap.xml", MapAsync);
    }

    private static string Robots(HttpRequest request) =>
        $"""
            User-agent: *
            Disallow: /account
            Disallow: /admin
            Disallow: /cart
            Disallow: /checkout
            Disallow: /farm$
            Disallow: /farm/
            Disallow: /orders
            Disallow: /sign-in
            Disallow: /register
            Sitemap: {Shop(request)}/sitemap.xml

            """;

    private static async Task<IResult> MapAsync(
        HttpRequest request,
        CatalogApi catalog,
        AuthenticationStateProvider visitor,
        IMemoryCache cache,
        CancellationToken cancellationToken
    )
    {
        // Outside of a page nobody says who asks: nobody in particular.
        ((IHostEnvironmentAuthenticationStateProvider)visitor).SetAuthenticationState(
            Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())))
        );
        try
        {
            var pages = await cache.GetOrCreateAsync(
                nameof(SiteMap),
                entry =>
                {
                    entry.AbsoluteExpirationRelativeToNow = Kept;
                    return PagesAsync(catalog, cancellationToken);
                }
            );
            var map = new XElement(
                Xml + "urlset",
                pages!.Select(page => new XElement(Xml + "url", new XElement(Xml + "loc", Shop(request) + page)))
            );
            return TypedResults.Text($"{new XDeclaration("1.0", "utf-8", null)}\n{map}", "application/xml");
        }
        catch (ApiException)
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<string[]> PagesAsync(CatalogApi catalog, CancellationToken cancellationToken)
    {
        var farms = await catalog.FarmsAsync(cancellationToken);
        var fruits = await catalog.FruitIdsAsync(cancellationToken);
        return
        [
            "/",
            "/fruits",
            .. Categories.All.Select(category => new FruitSearch(Category: category).ToUrl()),
            "/farms",
            .. farms.Where(farm => farm.FruitCount > 0).Select(farm => $"/farms/{farm.Id}"),
            .. fruits.Select(fruit => $"/fruits/{fruit}"),
        ];
    }

    private static string Shop(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
