using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>Pages that are drawn once for all guests: never another's cart, never yesterday's stock.</summary>
[Collection(PlatformCollection.Name)]
public sealed class GuestPagesTests(Platform platform) : IDisposable
{
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { UseCookies = false, AutomaticDecompression = DecompressionMethods.All }
    )
    {
        BaseAddress = new Uri(platform.Urls["storefront"]),
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task The_next_guest_gets_the_page_that_was_drawn_for_another_and_a_cart_of_their_own()
    {
        var path = await KeptPageAsync();
        var first = await GetAsync(path);
        var second = await GetAsync(path);

        second.IsKept.ShouldBeTrue();
        second.Html.ShouldBe(first.Html);
        first.Cookies.Keys.ShouldBe(["commerce.cart"]);
        second.Cookies.Keys.ShouldBe(["commerce.cart"]);
        second.Cookies["commerce.cart"].ShouldNotBe(first.Cookies["commerce.cart"]);
        second.Html.ShouldNotContain(first.Cookies["commerce.cart"]);

        // Who has a cart gets the page without it, and no new one.
        var third = await GetAsync(path, $"commerce.cart={first.Cookies["commerce.cart"]}; commerce.antiforgery=x");
        third.IsKept.ShouldBeTrue();
        third.Cookies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Language_and_theme_have_their_own_pages_and_those_who_are_signed_in_are_drawn_for()
    {
        var path = await KeptPageAsync();

        var english = await GetAsync(path, ".AspNetCore.Culture=c%3Den-US%7Cuic%3Den-US");
        (english.IsKept, english.Html.Contains("<html lang=\"en\"", StringComparison.Ordinal)).ShouldBe((false, true));
        var dark = await GetAsync(path, "theme=dark");
        (dark.IsKept, dark.Html.Contains("data-theme=\"dark\"", StringComparison.Ordinal)).ShouldBe((false, true));
        var korean = await GetAsync(path, "theme=purple");
        (korean.IsKept, korean.Html.Contains("<html lang=\"ko\"", StringComparison.Ordinal)).ShouldBe((true, true));

        // The choice of a language is an answer to one guest; a session, even an ended one, is somebody's.
        (await GetAsync(path + "?culture=en")).Cookies.Keys.ShouldContain(".AspNetCore.Culture");
        (await GetAsync(path + "?culture=en")).IsKept.ShouldBeFalse();
        (await GetAsync(path, "commerce.session=x")).IsKept.ShouldBeFalse();
    }

    [Fact]
    public async Task What_changes_shows_in_the_next_page()
    {
        var path = await KeptPageAsync();
        (await GetAsync(path)).Html.ShouldContain("data-available=\"7\"");

        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var before = DateTime.UtcNow;
        var change = new StockChange(-2, "시험");
        (await platform.Market.SendAsync(farmer, HttpMethod.Post, "catalog", $"{path[1..]}/stock", change)).Dispose();

        await Eventually.UntilAsync(
            async () => (await GetAsync(path)).Html.Contains("data-available=\"5\"", StringComparison.Ordinal),
            "the page shows what is left"
        );
        // Kept for ten seconds: somebody told the storefront.
        (DateTime.UtcNow - before).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    /// <summary>Address of a new fruit with 7 boxes whose page is kept by now.</summary>
    private async Task<string> KeptPageAsync()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var path = $"/fruits/{(await platform.Market.ListFruitAsync(farmer, boxes: 7)).Id}";
        // What was drawn while the fruit still changed is not kept.
        await Eventually.UntilAsync(async () => (await GetAsync(path)).IsKept, "the page is kept");
        return path;
    }

    private async Task<(string Html, bool IsKept, IReadOnlyDictionary<string, string> Cookies)> GetAsync(
        string path,
        string? cookies = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookies is not null)
            request.Headers.Add("Cookie", cookies);
        using var answer = await _http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var given = answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [];
        return (
            await answer.Content.ReadAsStringAsync(),
            answer.Headers.Age is not null,
            given
                .Select(cookie => cookie.Split(';')[0].Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
        );
    }
}
