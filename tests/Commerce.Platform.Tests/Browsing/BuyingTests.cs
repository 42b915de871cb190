using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
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
        // Somebody new: what others left in the demo shopper's cart is not theirs.
        var email = $"shopper-{Guid.NewGuid():N}@example.com";
        await platform.Market.RegisterShopperAsync(email);
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

        await shopper.SignInAsync(email, DemoAccounts.Password);
        await Expect(page).ToHaveURLAsync(new Regex("/checkout", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await shopper.FillAddressAsync();
        await shopper.FillCardAsync();
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

    [Fact]
    public async Task A_guests_cart_is_merged_and_bought_once_to_a_saved_address_and_no_card_digit_leaves_the_browser()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var (guests, own) = (await ListAsync(farmer, 20, 21_000), await ListAsync(farmer, 20, 32_000));
        var (email, person) = await RegisterAsync();
        await platform.Market.SendAsync<SavedAddress>(person, HttpMethod.Post, "identity", "me/addresses", Home);
        await platform.Market.SendAsync<Cart>(
            person,
            HttpMethod.Put,
            "order",
            $"cart/items/{own.Id}",
            new CartQuantity(1)
        );
        await using var shopper = await browser.VisitAsync(platform, Look.Phone);
        var sent = Listen(shopper.Page);

        await shopper.AddToCartAsync(guests.Id);
        await shopper.OpenAsync("/cart");
        await shopper.Part("checkout").ClickAsync();
        await shopper.SignInAsync(email, DemoAccounts.Password);

        // Both carts are one, the default address is chosen, and Jeju is a day further away.
        await Expect(shopper.Part("checkout-total")).ToHaveTextAsync("53,000원");
        await Expect(shopper.Part("saved-address").Locator(":checked")).ToHaveCountAsync(1);
        await Expect(shopper.Part("arrival")).ToContainTextAsync("제주·섬 지역이라");
        await shopper.BecomeInteractiveAsync();
        await shopper.Part("card-number").FillAsync("4242 4242 4242 4241");
        await shopper.Part("card-number").PressAsync("Tab");
        await Expect(shopper.Page.Locator("#card-number-error")).ToBeVisibleAsync();
        await shopper.FillCardAsync();
        await Expect(shopper.Page.Locator("#card-number-error")).ToBeHiddenAsync();
        await shopper.Part("place-order").DblClickAsync();

        var orderId = await shopper.ArriveAtOrderAsync();
        await Expect(shopper.Part("cart-link")).ToHaveAttributeAsync("data-count", "0");
        await shopper.Page.ReloadAsync();
        await Expect(shopper.Part("step-now")).ToBeVisibleAsync();
        var orders = await platform.Market.SendAsync<Paged<OrderSummary>>(person, HttpMethod.Get, "order", "orders");
        var order = orders.Items.ShouldHaveSingleItem();
        (order.Id, order.TotalKrw).ShouldBe((orderId, 53_000));
        (await platform.Market.OrderAsync(person, orderId)).Address.Line1.ShouldBe(Home.Line1);
        NothingOfTheCardWasSent(sent);
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Prices_and_stock_that_change_are_shown_before_anybody_pays()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var (dearer, scarce, gone) = (
            await ListAsync(farmer, 20, 32_000),
            await ListAsync(farmer, 9, 21_000),
            await ListAsync(farmer, 5, 18_000)
        );
        var (email, _) = await RegisterAsync();
        await using var shopper = await browser.VisitAsync(platform, email: email);
        foreach (var fruit in new[] { dearer, scarce, gone })
            await shopper.AddToCartAsync(fruit.Id);
        await shopper.OpenAsync("/cart");
        var (lineOfScarce, lineOfGone) = (Line(shopper, scarce), Line(shopper, gone));

        // Up to five boxes by the keyboard, then the world changes while the page is open.
        for (var boxes = 2; boxes <= 5; boxes++)
            await lineOfScarce.GetByTestId("quantity").PressAsync("ArrowUp");
        await Expect(lineOfScarce.GetByTestId("cart-line")).ToHaveTextAsync("105,000원");
        await ChangePriceAsync(farmer, dearer, 35_000);
        await ChangeStockAsync(farmer, scarce, -6);
        await ChangeStockAsync(farmer, gone, -5);
        await Expect(Line(shopper, dearer).GetByTestId("price-changed")).ToContainTextAsync("32,000원 → 35,000원");
        await Expect(lineOfScarce.GetByTestId("cart-too-many")).ToContainTextAsync("3상자만 남았어요");
        await Expect(lineOfGone.GetByTestId("cart-sold-out")).ToBeVisibleAsync();
        await Expect(shopper.Part("checkout")).ToHaveCountAsync(0);

        await lineOfScarce.GetByTestId("cart-reduce").ClickAsync();
        await Expect(lineOfScarce.GetByTestId("cart-line")).ToHaveTextAsync("63,000원");
        await lineOfGone.GetByTestId("cart-remove").ClickAsync();
        await Expect(shopper.Part("cart-undo")).ToBeFocusedAsync();
        await shopper.Page.Keyboard.PressAsync("Enter");
        await Expect(lineOfGone).ToBeVisibleAsync();
        await lineOfGone.GetByTestId("cart-remove").ClickAsync();
        await Line(shopper, dearer).GetByTestId("price-seen").ClickAsync();
        await Expect(shopper.Part("price-changed")).ToHaveCountAsync(0);
        await shopper.ShouldBeAccessibleAsync();
        await shopper.Part("checkout").ClickAsync();

        // Another change while the form is filled in: nothing is ordered at a total that was not seen.
        await Expect(shopper.Part("checkout-total")).ToHaveTextAsync("98,000원");
        await shopper.FillAddressAsync();
        await shopper.FillCardAsync();
        await ChangePriceAsync(farmer, dearer, 36_000);
        await shopper.Part("place-order").ClickAsync();
        await Expect(shopper.Part("total-changed")).ToContainTextAsync("98,000원 → 99,000원");
        await shopper.ShouldBeAccessibleAsync();
        await shopper.Part("place-order").ClickAsync();
        await shopper.ArriveAtOrderAsync();
        await Expect(shopper.Page.Locator(".summary-total dd")).ToHaveTextAsync("99,000원");
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_card_and_a_silent_one_say_what_to_do_next()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await ListAsync(farmer, 20, 27_000);
        var (email, person) = await RegisterAsync();
        await platform.Market.SendAsync<SavedAddress>(person, HttpMethod.Post, "identity", "me/addresses", Home);
        await using var shopper = await browser.VisitAsync(platform, new Look(Dark: true), email);
        await shopper.AddToCartAsync(fruit.Id);
        await shopper.OpenAsync("/checkout");
        await shopper.FillCardAsync("decline");
        await shopper.Part("place-order").ClickAsync();

        await shopper.ArriveAtOrderAsync();
        await Expect(shopper.Part("order-over")).ToHaveAttributeAsync("data-reason", OrderReasons.PaymentDeclined);
        await Expect(shopper.Part("cart-link")).ToHaveAttributeAsync("data-count", "1");
        await shopper.ShouldBeAccessibleAsync();
        await shopper.Part("pay-again").ClickAsync();

        // The cart kept the box. This time the card company takes the money and never answers.
        await Expect(shopper.Part("checkout-total")).ToHaveTextAsync("27,000원");
        await using var elsewhere = await browser.VisitAsync(platform, email: email);
        await elsewhere.OpenAsync("/checkout");
        await shopper.FillCardAsync("timeout");
        await shopper.Part("place-order").ClickAsync();
        var paid = await shopper.ArriveAtOrderAsync();

        // The same cart in another window is the same order, whatever card is given there.
        await elsewhere.FillCardAsync();
        await elsewhere.Part("place-order").ClickAsync();
        (await elsewhere.ArriveAtOrderAsync()).ShouldBe(paid);
        await Expect(elsewhere.Part("already-ordered")).ToBeVisibleAsync();
        await elsewhere.OpenAsync("/checkout");
        await Expect(elsewhere.Part("recent-order")).ToHaveAttributeAsync("href", $"/orders/{paid}");

        await platform.Market.WaitForAsync(person, paid, OrderStatus.Confirmed);
        await Expect(shopper.Part("payment-status")).ToHaveTextAsync("결제 완료");
        shopper.Errors.ShouldBeEmpty();
        elsewhere.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_that_somebody_else_was_faster_with_says_so()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await ListAsync(farmer, 2, 27_000);
        var (email, person) = await RegisterAsync();
        var order = await platform.Market.PlaceAsync(person, fruit.Id, quantity: 3);
        await using var shopper = await browser.VisitAsync(platform, new Look("en"), email);

        await shopper.OpenAsync($"/orders/{order.OrderId}");

        await Expect(shopper.Part("order-over")).ToContainTextAsync("It sold out meanwhile");
        await shopper.Part("over-cart").ClickAsync();
        await Expect(shopper.Part("cart-too-many")).ToContainTextAsync("Only 2 left");
        shopper.Errors.ShouldBeEmpty();
    }

    private static readonly NewAddress Home = new(
        "집",
        "박초롱",
        "010-2345-6789",
        "63243",
        "제주 제주시 첨단로 242",
        IsDefault: true
    );

    private async Task<(string Email, Person Person)> RegisterAsync()
    {
        var email = $"buyer-{Guid.NewGuid():N}@example.com";
        return (email, await platform.Market.RegisterShopperAsync(email));
    }

    private Task<Fruit> ListAsync(Person farmer, int boxes, long priceKrw) =>
        platform.Market.ListFruitAsync(farmer, boxes, priceKrw);

    private static ILocator Line(Visitor shopper, Fruit fruit) =>
        shopper.Page.Locator($"[data-testid=cart-item][data-fruit='{fruit.Id}']");

    /// <summary>Everything that the browser sends from now on: addresses, bodies and what goes through the circuit.</summary>
    private static List<string> Listen(IPage page)
    {
        var sent = new List<string>();
        page.Request += (_, request) => Keep($"{request.Url} {request.PostData}");
        page.WebSocket += (_, socket) =>
            socket.FrameSent += (_, frame) =>
                Keep(frame.Text ?? System.Text.Encoding.Latin1.GetString(frame.Binary ?? []));
        return sent;

        void Keep(string text)
        {
            lock (sent)
                sent.Add(text);
        }
    }

    private static void NothingOfTheCardWasSent(List<string> sent)
    {
        lock (sent)
        {
            sent.ShouldContain(text => text.Contains("tok_", StringComparison.Ordinal), "the token went out");
            // Every group of four digits on its own, and the whole number without the blanks.
            string[] secrets =
            [
                .. CheckoutForm.CardNumber.Split(' ')[1..],
                CheckoutForm.CardNumber.Replace(" ", "", StringComparison.Ordinal),
            ];
            foreach (var secret in secrets.Append(CheckoutForm.Cvc))
                sent.ShouldNotContain(
                    text =>
                        Regex.IsMatch(
                            text,
                            $"(?<![0-9A-Za-z]){secret}(?![0-9A-Za-z])",
                            RegexOptions.None,
                            TimeSpan.FromSeconds(1)
                        ),
                    secret
                );
        }
    }

    private async Task ChangePriceAsync(Person farmer, Fruit fruit, long priceKrw)
    {
        var draft = new FruitDraft(
            fruit.Name,
            fruit.Variety,
            fruit.Category,
            fruit.Grade,
            fruit.Brix,
            fruit.WeightKg,
            fruit.CountMin,
            fruit.CountMax,
            priceKrw,
            fruit.SeasonFrom,
            fruit.SeasonTo
        );
        (await platform.Market.SendAsync(farmer, HttpMethod.Put, "catalog", $"fruits/{fruit.Id}", draft))
            .EnsureSuccessStatusCode()
            .Dispose();
        var witness = await platform.Market.RegisterShopperAsync();
        await Eventually.UntilAsync(
            async () =>
                (
                    await platform.Market.SendAsync<Cart>(
                        witness,
                        HttpMethod.Put,
                        "order",
                        $"cart/items/{fruit.Id}",
                        new CartQuantity(1)
                    )
                ).TotalKrw == priceKrw,
            "Order knows the new price"
        );
    }

    private async Task ChangeStockAsync(Person farmer, Fruit fruit, int delta) =>
        await platform.Market.SendAsync<StockLevel>(
            farmer,
            HttpMethod.Post,
            "catalog",
            $"fruits/{fruit.Id}/stock",
            new StockChange(delta, "태풍에 떨어짐")
        );

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
        await Eventually.UntilAsync(
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
