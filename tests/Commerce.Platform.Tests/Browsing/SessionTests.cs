using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Commerce.Contracts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>
/// A page and its session outlive the process that drew it: the storefront runs twice here, behind an address that sends each
/// connection to the next one.
/// </summary>
[Collection(PlatformCollection.Name)]
public sealed partial class SessionTests(Platform platform, Browser browser)
{
    [Fact]
    public async Task A_page_outlives_the_death_of_every_replica_with_its_cart_its_session_and_what_was_typed()
    {
        var samples = await Samples.FindAsync(platform.Market);
        await using var shopper = await browser.VisitAsync(platform, email: DemoAccounts.ShopperEmail);
        var page = shopper.Page;
        await shopper.OpenAsync($"/fruits/{samples.Fruit}");
        await shopper.Part("add-to-cart").ClickAsync();
        await Expect(shopper.Part("cart-link")).Not.ToHaveAttributeAsync("data-count", "0");
        var inCart = await shopper.Part("cart-link").GetAttributeAsync("data-count");
        await shopper.OpenAsync("/checkout");
        await shopper.Part("recipient").PressSequentiallyAsync("박하늘", new() { Delay = 5 });
        await shopper.Part("line1").PressSequentiallyAsync("경북 청송군 주왕산면 공원길 7", new() { Delay = 5 });

        var reloads = 0;
        foreach (var replica in platform.ProcessesOf("storefront"))
        {
            await page.EvaluateAsync("() => { window.before = true; }");
            await platform.KillAsync(replica.Id);
            // By then the page has noticed, if it was that one's.
            await platform.WaitUntilHealthyAsync("storefront");
            await AliveAsync(shopper);
            reloads += await page.EvaluateAsync<bool>("() => window.before === true") ? 0 : 1;
        }

        reloads.ShouldBeGreaterThan(0, "one of the killed replicas held the page");
        new Uri(page.Url).AbsolutePath.ShouldBe("/checkout");
        await Expect(shopper.Part("recipient")).ToHaveValueAsync("박하늘");
        await Expect(shopper.Part("line1")).ToHaveValueAsync("경북 청송군 주왕산면 공원길 7");
        await Expect(shopper.Part("cart-link")).ToHaveAttributeAsync("data-count", inCart!);
        await Expect(shopper.Part("account-menu")).ToBeVisibleAsync();
        // A socket that broke off is news to the console; anything else is not.
        shopper.Errors.Where(error => !SocketTrouble().IsMatch(error)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_replica_knows_a_session_that_another_one_opened()
    {
        await using var visitor = await browser.VisitAsync(platform, email: DemoAccounts.ShopperEmail);
        var cookies = await visitor.Page.Context.CookiesAsync();
        var cookie = string.Join("; ", cookies.Select(one => $"{one.Name}={one.Value}"));
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(platform.Urls["storefront"]) };

        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/account");
            request.Headers.ConnectionClose = true;
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add("Accept", "text/html");
            using var response = await http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await response.Content.ReadAsStringAsync()).ShouldContain(DemoAccounts.ShopperEmail);
        }
    }

    [Fact]
    public async Task Too_many_attempts_to_sign_in_are_told_when_to_try_again()
    {
        // An address of its own, or the limit would hold for the other tests too.
        const string address = "203.0.113.77";
        using var http = new HttpClient { BaseAddress = new Uri(platform.Urls["identity"]) };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        var answers = new List<HttpStatusCode>();
        while (answers.LastOrDefault() != HttpStatusCode.TooManyRequests && answers.Count < 200)
        {
            using var response = await http.PostAsJsonAsync(new Uri("tokens", UriKind.Relative), new { });
            answers.Add(response.StatusCode);
        }

        await using var visitor = await browser.VisitAsync(platform);
        await visitor.Page.Context.SetExtraHTTPHeadersAsync([new("X-Forwarded-For", address)]);
        await visitor.Page.GotoAsync("/sign-in");
        await visitor.Page.Locator("input[type=email]").FillAsync(DemoAccounts.ShopperEmail);
        await visitor.Page.Locator("input[type=password]").FillAsync(DemoAccounts.Password);
        var refused = visitor.Page.WaitForResponseAsync(response => response.Request.Method == "POST");
        await visitor.Part("sign-in").ClickAsync();

        (await refused).Status.ShouldBe(429);
        int.Parse((await refused).Headers["retry-after"], CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        await Expect(visitor.Part("sign-in-error")).ToContainTextAsync(Seconds());
        await Expect(visitor.Page.Locator("input[type=email]")).ToHaveValueAsync(DemoAccounts.ShopperEmail);
        await visitor.ShouldBeAccessibleAsync();
    }

    /// <summary>The page takes clicks: an answer to one comes back.</summary>
    private static async Task AliveAsync(Visitor visitor)
    {
        await Eventually.UntilAsync(
            async () =>
            {
                try
                {
                    return await visitor.Page.EvaluateAsync<bool>(
                        """
                        () => document.querySelector('.shell[data-interactive=true]') !== null
                          && document.querySelector('[class*=components-reconnect-]:not(.components-reconnect-hide)') === null
                        """
                    );
                }
                catch (PlaywrightException)
                {
                    // It is being loaded anew.
                    return false;
                }
            },
            "the page is live again",
            TimeSpan.FromSeconds(40)
        );
    }

    [GeneratedRegex("WebSocket|_blazor|connection|ERR_", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SocketTrouble();

    [GeneratedRegex(@"\d+초", RegexOptions.None, 1000)]
    private static partial Regex Seconds();
}
