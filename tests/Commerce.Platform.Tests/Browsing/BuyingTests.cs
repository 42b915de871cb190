using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>The main job of the platform, by a person's means: a box of Cheongsong apples, from the search to the door.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class BuyingTests(Platform platform, Browser browser)
{
    [Fact]
    public async Task A_shopper_finds_buys_and_receives_apples_and_one_trace_tells_it_all()
    {
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;

        await page.GotoAsync("/");
        await page.GetByTestId("search-input").First.FillAsync("청송");
        await page.GetByTestId("search-input").First.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(SearchUrl());
        await page.GetByTestId("fruit-card").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(FruitUrl());
        var fruitId = Guid.Parse(FruitUrl().Match(page.Url).Groups["id"].Value);
        var fruit = await platform.Market.FruitAsync(fruitId);
        fruit.Farm.Region.ShouldContain("청송");
        await page.GetByTestId("add-to-cart").ClickAsync();
        await Expect(page.GetByTestId("cart-link").First).ToContainTextAsync("1");

        await page.GetByTestId("cart-link").First.ClickAsync();
        await Expect(page.GetByTestId("cart-item")).ToHaveCountAsync(1);
        await page.GetByTestId("checkout").ClickAsync();

        await shopper.SignInAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);
        await Expect(page).ToHaveURLAsync(new Regex("/checkout", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await FillAddressAsync(page);
        await page.GetByTestId("place-order").ClickAsync();

        await Expect(page).ToHaveURLAsync(OrderUrl());
        var orderId = Guid.Parse(OrderUrl().Match(page.Url).Groups["id"].Value);
        // The page stays as it is: what follows arrives through the circuit.
        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        await Expect(page.GetByTestId("order-status")).ToContainTextAsync("배송완료", new() { Timeout = 60_000 });
        (await page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeTrue();
        await Expect(page.GetByTestId("timeline")).ToBeVisibleAsync();
        await shopper.ScreenshotAsync("order-delivered");

        await TheStoryIsWholeAsync(orderId, fruit);
        shopper.Errors.ShouldBeEmpty();
    }

    private static async Task FillAddressAsync(IPage page)
    {
        await page.GetByTestId("recipient").FillAsync(Market.Address.Recipient);
        await page.GetByTestId("phone").FillAsync(Market.Address.Phone);
        await page.GetByTestId("postal-code").FillAsync(Market.Address.PostalCode);
        await page.GetByTestId("line1").FillAsync(Market.Address.Line1);
        await page.GetByTestId("card-number").FillAsync("4242 4242 4242 4242");
        await page.GetByTestId("card-expiry").FillAsync("12/30");
        await page.GetByTestId("card-cvc").FillAsync("123");
    }

    private async Task TheStoryIsWholeAsync(Guid orderId, Fruit before)
    {
        var admin = await platform.Market.SignInAsync(DemoAccounts.AdminEmail);
        var order = await platform.Market.OrderAsync(admin, orderId);
        order.Status.ShouldBe(OrderStatus.Delivered);
        order.TotalKrw.ShouldBe(before.PriceKrw);
        (await platform.Market.FruitAsync(before.Id)).Available.ShouldBe(before.Available - 1);
        (
            await platform.Market.SendAsync<Payment>(admin, HttpMethod.Get, "payment", $"payments/{orderId}")
        ).Status.ShouldBe("captured");
        (
            await platform.Market.SendAsync<Delivery>(admin, HttpMethod.Get, "delivery", $"deliveries/{orderId}")
        ).Status.ShouldBe("DELIVERED");

        var trace = order.Timeline.Select(entry => entry.TraceId).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        var services = new HashSet<string>();
        await Wait.UntilAsync(
            async () =>
            {
                services = await platform.ServicesInTraceAsync(trace);
                return services.IsSupersetOf(["storefront", "order", "catalog", "payment", "delivery"]);
            },
            "the click's trace reaches every service; it reaches " + string.Join(", ", services),
            TimeSpan.FromSeconds(30)
        );
    }

    [GeneratedRegex(@"/fruits\?.*q=", RegexOptions.None, 1000)]
    private static partial Regex SearchUrl();

    [GeneratedRegex(@"/fruits/(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex FruitUrl();

    [GeneratedRegex(@"/orders/(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex OrderUrl();
}
