using System.Diagnostics;
using Commerce.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>A service that is away takes away what it alone knows. Everything else of the shop goes on, and says so calmly.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ResilienceTests(Platform platform, Browser browser)
{
    /// <summary>From the request to the whole page, however dead a service is.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Without_orders_people_browse_on_and_trying_again_brings_the_cart_back()
    {
        var samples = await Samples.FindAsync(platform.Market);
        await using var guest = await browser.VisitAsync(platform);
        await using var shopper = await browser.VisitAsync(platform, Look.Phone, DemoAccounts.ShopperEmail);

        await using (await platform.StopAsync("order"))
        {
            await OpensInTimeAsync(guest, "/");
            await Expect(guest.Part("fruit-card").First).ToBeVisibleAsync();
            await OpensInTimeAsync(guest, $"/fruits/{samples.Fruit}");
            await Expect(guest.Part("price")).ToBeVisibleAsync();
            await guest.Part("add-to-cart").ClickAsync();
            await Expect(guest.Part("added")).Not.ToBeEmptyAsync();
            await OpensInTimeAsync(guest, "/cart");
            await IsCalmAsync(guest);

            await OpensInTimeAsync(shopper, "/account");
            await Expect(shopper.Page.Locator("main")).ToContainTextAsync(DemoAccounts.ShopperEmail);
            await OpensInTimeAsync(shopper, "/orders");
            await IsCalmAsync(shopper);
        }

        await RetryUntilAsync(guest, "empty");
        await RetryUntilAsync(shopper, "order-row");
        guest.Errors.ShouldBeEmpty();
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_catalog_people_still_see_their_orders_and_their_account()
    {
        var samples = await Samples.FindAsync(platform.Market);
        await using var shopper = await browser.VisitAsync(platform, email: DemoAccounts.ShopperEmail);

        await using (await platform.StopAsync("catalog"))
        {
            await OpensInTimeAsync(shopper, "/");
            await IsCalmAsync(shopper);
            await OpensInTimeAsync(shopper, $"/fruits/{samples.Fruit}");
            await IsCalmAsync(shopper);
            await OpensInTimeAsync(shopper, "/orders");
            await Expect(shopper.Part("order-row").First).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, $"/orders/{samples.Order}");
            await Expect(shopper.Part("order-status").First).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, "/account");
            await Expect(shopper.Page.Locator("main")).ToContainTextAsync(DemoAccounts.ShopperEmail);
        }

        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_identity_people_browse_and_stay_signed_in_and_signing_in_says_what_is_wrong()
    {
        await using var guest = await browser.VisitAsync(platform, new Look("en"));
        await using var shopper = await browser.VisitAsync(platform, email: DemoAccounts.ShopperEmail);

        await using (await platform.StopAsync("identity"))
        {
            await OpensInTimeAsync(guest, "/fruits");
            await Expect(guest.Part("fruit-card").First).ToBeVisibleAsync();
            await OpensInTimeAsync(guest, "/sign-in");
            await guest.Page.Locator("input[type=email]").FillAsync(DemoAccounts.ShopperEmail);
            await guest.Page.Locator("input[type=password]").FillAsync(DemoAccounts.Password);
            await guest.Part("sign-in").ClickAsync();
            await Expect(guest.Part("sign-in-error")).ToContainTextAsync("try again");

            await OpensInTimeAsync(shopper, "/orders");
            await Expect(shopper.Part("order-row").First).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, "/account");
            await IsCalmAsync(shopper);
        }

        guest.Errors.ShouldBeEmpty();
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_Redis_the_shop_is_open_and_only_carts_are_closed()
    {
        var samples = await Samples.FindAsync(platform.Market);
        await using var shopper = await browser.VisitAsync(platform, email: DemoAccounts.ShopperEmail);

        await using (await platform.StopAsync("redis"))
        {
            await OpensInTimeAsync(shopper, "/");
            await Expect(shopper.Part("fruit-card").First).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, $"/fruits/{samples.Fruit}");
            await Expect(shopper.Part("price")).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, "/orders");
            await Expect(shopper.Part("order-row").First).ToBeVisibleAsync();
            await OpensInTimeAsync(shopper, "/cart");
            await IsCalmAsync(shopper);
        }

        shopper.Errors.ShouldBeEmpty();
    }

    private static async Task OpensInTimeAsync(Visitor visitor, string path)
    {
        var waited = Stopwatch.StartNew();
        await visitor.OpenAsync(path);
        await visitor.SettleAsync();
        waited.Elapsed.ShouldBeLessThan(AnswerTimeout, $"{path} was left waiting");
    }

    /// <summary>Words about what is away, under the page's own heading and with nothing of an exception.</summary>
    private static async Task IsCalmAsync(Visitor visitor)
    {
        await Expect(visitor.Part("trouble").First).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("h1")).ToHaveCountAsync(1);
        await Expect(visitor.Page.Locator("main")).Not.ToContainTextAsync("Exception");
        await visitor.ShouldBeAccessibleAsync();
    }

    /// <summary>Presses "again" until the service is asked again: right after a failure it is left alone for a moment.</summary>
    private static Task RetryUntilAsync(Visitor visitor, string testId) =>
        Eventually.UntilAsync(
            async () =>
            {
                if (await visitor.Part(testId).CountAsync() > 0)
                    return true;
                var retry = visitor.Part("trouble").GetByRole(Microsoft.Playwright.AriaRole.Button);
                try
                {
                    if (await retry.CountAsync() > 0)
                        await retry.First.ClickAsync(new() { Timeout = 2_000 });
                }
                catch (TimeoutException)
                {
                    // The page came back while the button was reached for.
                }
                return false;
            },
            $"{testId} is there after trying again",
            TimeSpan.FromSeconds(20)
        );
}
