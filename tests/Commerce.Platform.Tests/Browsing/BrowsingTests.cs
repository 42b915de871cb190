using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>Looking around, as people do before they buy.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class BrowsingTests(Platform platform, Browser browser)
{
    [Fact]
    public async Task Searching_filtering_and_paging_keep_their_place()
    {
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;
        await shopper.OpenAsync("/");
        foreach (var shelf in new[] { "season", "best", "new", "regions", "farms" })
            await Expect(page.Locator($"section[aria-labelledby={shelf}]")).ToBeVisibleAsync();

        // A slip of the finger finds what was meant, and says so.
        await shopper.Part("search-input").FillAsync("샤안머스켓");
        await shopper.Part("search-input").PressAsync("Enter");
        await Expect(shopper.Part("searched-for")).ToContainTextAsync("샤인머스캣");
        await Expect(shopper.Part("fruit-card")).ToHaveCountAsync(3);

        // By keyboard: one filter, one chip, which takes it away again.
        await shopper.OpenAsync("/fruits");
        var all = await CountAsync(shopper);
        await shopper.Part("filter-season").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("inSeason=true"));
        await Expect(shopper.Part("chip")).ToHaveCountAsync(1);
        (await CountAsync(shopper)).ShouldBeInRange(1, all - 1);
        await shopper.Part("chip").ClickAsync();
        await Expect(shopper.Part("chip")).ToHaveCountAsync(0);

        await shopper.Part("max-price").FillAsync("40000");
        await shopper.Part("apply-price").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("maxPrice=40000"));
        await shopper.Part("sort").SelectOptionAsync("price");
        await Expect(page).ToHaveURLAsync(new Regex("sort=price"));

        // To a fruit of the second page and back: the same page, the same place.
        await page.Locator(".pager a[rel=next]").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("page=2"));
        await Expect(page.Locator(".pager [aria-current=page]")).ToContainTextAsync("2");
        await shopper.SettleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeInViewportAsync();
        var card = shopper.Part("fruit-card").Nth(13);
        var fruit = await card.GetAttributeAsync("data-fruit");
        await card.ScrollIntoViewIfNeededAsync();
        var list = page.Url;
        var before = await TopAsync(card);
        await card.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/fruits/{fruit}"));
        await Expect(shopper.Part("price")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(list);
        await Expect(card).ToHaveAttributeAsync("data-fruit", fruit!);
        await Eventually.UntilAsync(
            async () => Math.Abs(await TopAsync(card) - before) < 40,
            $"the list is where it was left ({before} px)"
        );

        // The address alone brings it all back.
        await shopper.OpenAsync(new Uri(list).PathAndQuery);
        await Expect(shopper.Part("sort")).ToHaveValueAsync("price");
        await Expect(shopper.Part("fruit-card").Nth(13)).ToHaveAttributeAsync("data-fruit", fruit!);

        await shopper.OpenAsync("/fruits?q=머스크메론하우스");
        await shopper.Part("suggestions").GetByText("머스크멜론").ClickAsync();
        await Expect(shopper.Part("fruit-card").First).ToContainTextAsync("멜론");
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_phone_the_filters_are_a_sheet()
    {
        await using var shopper = await browser.VisitAsync(platform, Look.Phone);
        await shopper.OpenAsync("/fruits");
        await Expect(shopper.Part("filter-season")).ToBeHiddenAsync();
        await shopper.Part("filters").ClickAsync();
        await shopper.Page.Locator(".filter-sheet a", new() { HasTextRegex = new("^사과") }).ClickAsync();
        await Expect(shopper.Page).ToHaveURLAsync(new Regex("category=apple"));
        await shopper.SettleAsync();
        await shopper.ShouldBeAccessibleAsync();
        await shopper.Part("filters-close").ClickAsync();
        await Expect(shopper.Part("filter-season")).ToBeHiddenAsync();
        await Expect(shopper.Part("chip")).ToHaveCountAsync(1);

        await shopper.Part("filters").PressAsync("Enter");
        await Expect(shopper.Part("filter-season")).ToBeVisibleAsync();
        await shopper.Page.Keyboard.PressAsync("Escape");
        await Expect(shopper.Part("filter-season")).ToBeHiddenAsync();
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fruit_tells_all_that_a_buyer_and_a_search_engine_have_to_know()
    {
        var listed = await platform.Market.SendAsync<FruitPage>(
            null,
            HttpMethod.Get,
            "catalog",
            $"fruits?farm={DemoAccounts.FarmerId}&sort=rating"
        );
        var fruit = listed.Items.First(item => item is { ReviewCount: > 1, Available: > 0 });
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;
        await shopper.OpenAsync($"/fruits/{fruit.Id}");
        await shopper.SettleAsync();

        foreach (var word in new[] { fruit.Variety, "Brix", "비파괴", "kg", "과", "국내산", "수확일", "발송 예정일" })
            await Expect(shopper.Part("facts")).ToContainTextAsync(word);
        await Expect(shopper.Part("certifications")).ToContainTextAsync("농산물우수관리");
        await Expect(shopper.Part("storage")).Not.ToBeEmptyAsync();
        await Expect(shopper.Part("per-kg")).ToContainTextAsync("1kg당");
        await Expect(shopper.Part("disclosure").Locator("tr")).ToHaveCountAsync(11);
        await Expect(shopper.Part("disclosure")).ToContainTextAsync(fruit.Farm.Phone);
        await Expect(shopper.Part("review-chart").Locator("tr")).ToHaveCountAsync(5);
        await shopper.Part("review-sort").SelectOptionAsync("stars");
        await Expect(shopper.Part("review").First.Locator("[role=img]"))
            .Not.ToHaveAttributeAsync("aria-label", new Regex("5개$"));

        var json = await page.Locator("script[type='application/ld+json']").TextContentAsync();
        var product = JsonDocument.Parse(json!).RootElement.GetProperty("@graph")[0];
        product.GetProperty("name").GetString().ShouldBe(fruit.Name);
        product.GetProperty("offers").GetProperty("price").GetInt64().ShouldBe(fruit.PriceKrw);
        var canonical = await page.Locator("link[rel=canonical]").GetAttributeAsync("href");
        canonical.ShouldEndWith($"/fruits/{fruit.Id}");
        (await page.Locator("meta[property='og:image']").GetAttributeAsync("content")).ShouldEndWith(
            "/images/share.jpg"
        );
        var map = await page.APIRequest.GetAsync("/sitemap.xml");
        (await map.TextAsync()).ShouldContain($"<loc>{canonical}</loc>");
        (await (await page.APIRequest.GetAsync("/robots.txt")).TextAsync()).ShouldContain("/sitemap.xml");

        // Its farm, and the others of the region.
        await page.Locator(".fruit-from a").ClickAsync();
        await Expect(shopper.Part("farm-facts")).ToContainTextAsync(fruit.Farm.Producer);
        await page.Locator(".crumbs a").Nth(1).ClickAsync();
        await Expect(shopper.Part("farm-region").And(page.Locator("[aria-current=true]"))).ToContainTextAsync("경북");
        await Expect(shopper.Part("farm-card").First).ToContainTextAsync("경북");
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_others_buy_shows_at_once_and_who_waits_is_told_when_it_is_back()
    {
        var market = platform.Market;
        var farmer = await market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await market.ListFruitAsync(farmer, boxes: 2);
        var waiting = await market.RegisterShopperAsync();
        await using var shopper = await browser.VisitAsync(platform, email: waiting.Email);
        await shopper.OpenAsync($"/fruits/{fruit.Id}");
        var other = new Visitor(shopper.Page.Context, await shopper.Page.Context.NewPageAsync(), shopper.Look);
        await other.OpenAsync("/farms");
        await Expect(shopper.Part("stock")).ToHaveAttributeAsync("data-available", "2");

        // Somebody else takes both: from the answer of the service to the open page in less than a second.
        var buyer = await market.RegisterShopperAsync();
        await ShowsWithinASecondAsync(
            shopper,
            "0",
            async () =>
            {
                var order = await market.PlaceAsync(buyer, fruit.Id, quantity: 2);
                OrderDetails? placed = null;
                await Eventually.UntilAsync(
                    async () =>
                        (placed = await market.OrderAsync(buyer, order.OrderId)).Timeline.Any(entry =>
                            entry.Event == "stock.reserved"
                        ),
                    "the boxes are reserved"
                );
                return placed!.Timeline.First(entry => entry.Event == "stock.reserved").At;
            }
        );
        await Expect(shopper.Part("add-to-cart")).ToHaveCountAsync(0);
        await shopper.Part("wish").ClickAsync();
        await Expect(shopper.Part("wish")).ToHaveAttributeAsync("aria-pressed", "true");
        await shopper.ShouldBeAccessibleAsync();

        await ShowsWithinASecondAsync(
            shopper,
            "5",
            async () =>
            {
                await ChangeStockAsync(farmer, fruit, 5);
                return DateTimeOffset.UtcNow;
            }
        );
        await Expect(shopper.Part("restock")).ToContainTextAsync(fruit.Name);
        await Expect(other.Part("restock")).ToContainTextAsync(fruit.Name);
        await other.ShouldBeAccessibleAsync();
        await shopper.ScreenshotAsync("restock");

        // Seen on one page, gone from both.
        await other.Part("restock-go").ClickAsync();
        await Expect(other.Page).ToHaveURLAsync(new Regex($"/fruits/{fruit.Id}"));
        await Expect(other.Part("add-to-cart")).ToBeEnabledAsync();
        await Expect(shopper.Part("restock-go")).ToHaveCountAsync(0);
        shopper.Errors.ShouldBeEmpty();
        other.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guest_who_wants_to_be_told_signs_in_and_comes_back_to_the_fruit()
    {
        var market = platform.Market;
        var farmer = await market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await market.ListFruitAsync(farmer, boxes: 1);
        await ChangeStockAsync(farmer, fruit, -1);
        var waiting = await market.RegisterShopperAsync();
        await using var shopper = await browser.VisitAsync(platform, Look.Phone);
        await shopper.OpenAsync($"/fruits/{fruit.Id}");
        await shopper.Part("wish-sign-in").ClickAsync();
        await shopper.SignInAsync(waiting.Email, DemoAccounts.Password);
        await Expect(shopper.Page).ToHaveURLAsync(new Regex($"/fruits/{fruit.Id}"));
        await shopper.BecomeInteractiveAsync();
        await shopper.Part("wish").ClickAsync();
        await Expect(shopper.Part("wish-said")).Not.ToBeEmptyAsync();

        // Not here when it came back: the next visit tells.
        await shopper.Page.GotoAsync("about:blank");
        await ChangeStockAsync(farmer, fruit, 4);
        await shopper.OpenAsync("/");
        await Expect(shopper.Part("restock")).ToContainTextAsync(fruit.Name);
        await shopper.Part("restock-close").ClickAsync();
        await Expect(shopper.Part("restock-go")).ToHaveCountAsync(0);
        await shopper.OpenAsync("/");
        await Expect(shopper.Part("restock-go")).ToHaveCountAsync(0);
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_faster_than_the_circuit_loses_neither_words_nor_the_way()
    {
        var samples = await Samples.FindAsync(platform.Market);
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;
        var connects = new TaskCompletionSource();
        await page.RouteAsync(
            "**/_blazor/initializers",
            async route =>
            {
                await connects.Task;
                await route.ContinueAsync();
            }
        );

        await page.GotoAsync("/");
        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        await page.Locator($"main a[href='/fruits/{samples.Fruit}']").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/fruits/{samples.Fruit}"));
        (await page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeFalse("the page is loaded");
        await shopper.Part("search-input").FillAsync("청송");
        connects.SetResult();
        await shopper.BecomeInteractiveAsync();

        // The circuit has drawn another field.
        await Expect(shopper.Part("search-input")).ToHaveValueAsync("청송");
        await Expect(shopper.Part("search-input")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/fruits[?]q="));
        shopper.Errors.ShouldBeEmpty();
    }

    /// <summary>The page notes the moment itself, so that nothing but its own way counts.</summary>
    private static async Task ShowsWithinASecondAsync(
        Visitor visitor,
        string available,
        Func<Task<DateTimeOffset>> happens
    )
    {
        await visitor.Page.EvaluateAsync(
            """
            wanted => {
              window.shownAt = null;
              const look = () => {
                if (document.querySelector('[data-testid=stock]')?.dataset.available === wanted) window.shownAt ??= Date.now();
              };
              new MutationObserver(look).observe(document.body, { attributes: true, childList: true, subtree: true });
            }
            """,
            available
        );
        var happened = (await happens()).ToUnixTimeMilliseconds();
        await visitor.Page.WaitForFunctionAsync("() => window.shownAt !== null");
        var shown = await visitor.Page.EvaluateAsync<long>("() => window.shownAt");
        (shown - happened).ShouldBeLessThan(1000);
    }

    private Task<StockLevel> ChangeStockAsync(Person farmer, Fruit fruit, int delta) =>
        platform.Market.SendAsync<StockLevel>(
            farmer,
            HttpMethod.Post,
            "catalog",
            $"fruits/{fruit.Id}/stock",
            new StockChange(delta, "시험")
        );

    private static async Task<int> CountAsync(Visitor visitor)
    {
        await visitor.SettleAsync();
        return int.Parse(Digits().Match(await visitor.Part("result-count").InnerTextAsync()).Value);
    }

    private static async Task<double> TopAsync(ILocator element) =>
        await element.EvaluateAsync<double>("e => e.getBoundingClientRect().top");

    [GeneratedRegex(@"\d+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
