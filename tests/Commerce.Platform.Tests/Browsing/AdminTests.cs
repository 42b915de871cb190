using System.Net;
using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>What an admin does in the browser, on things that these tests made for it.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class AdminTests(Platform platform, Browser browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Slowly = new() { Timeout = 30_000 };

    [Fact]
    public async Task An_admin_finds_a_delivered_order_reads_every_event_of_it_and_gives_the_money_back()
    {
        var order = await DeliveredAsync();
        await using var admin = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await admin.OpenAsync("/admin/orders");
        await admin.Part("admin-search").FillAsync(NumberOf(order.Id));
        await admin.Part("admin-find").ClickAsync();
        await admin.Page.Locator($"tr[data-order='{order.Id}']").GetByRole(AriaRole.Link).ClickAsync();

        await Expect(admin.Part("timeline").Locator("li")).ToHaveCountAsync(8);
        var placed = admin.Part("timeline").Locator("li[data-event='order.placed']");
        await placed.GetByTestId("event-details").ClickAsync();
        await Expect(placed.GetByTestId("payload")).ToContainTextAsync(order.Id.ToString());
        await Expect(placed.GetByTestId("payload")).ToContainTextAsync("•••");
        await Expect(placed.GetByTestId("payload")).Not.ToContainTextAsync("tok_");
        await Expect(placed.Locator("time")).ToContainTextAsync(Milliseconds());
        var trace = order.Timeline.Single(entry => entry.Event == "order.placed").TraceId;
        await Expect(placed.GetByTestId("trace"))
            .ToHaveAttributeAsync(
                "href",
                new Uri(new Uri(platform.Urls["dashboard"]), $"/traces/detail/{trace}").AbsoluteUri
            );

        await admin.Part("admin-refund").ClickAsync();
        await admin.Part("admin-refund-submit").ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await admin.Part("admin-refund-note").FillAsync("무른 사과가 왔어요");
        await admin.Part("admin-refund-submit").ClickAsync();
        await Expect(admin.Part("payment-status"))
            .ToHaveAttributeAsync("data-status", "refunded", new() { Timeout = 30_000 });
        await Expect(admin.Part("timeline").Locator("li[data-event='payment.refunded']")).ToBeVisibleAsync();
        await Expect(admin.Part("actions")).ToContainTextAsync("무른 사과가 왔어요");
        await Expect(admin.Part("admin-refund")).ToHaveCountAsync(0);
        await admin.ScreenshotAsync("admin-order-refunded");
        admin.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_overview_follows_an_order_that_an_admin_cancels_and_one_that_an_admin_delivers_by_hand()
    {
        await using var admin = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await admin.OpenAsync("/admin");
        await Expect(admin.Part("messaging").Locator("tr[data-state='up']"))
            .ToHaveCountAsync(5, new() { Timeout = 30_000 });
        await Expect(admin.Part("outbox-chart").Locator("svg").First).ToBeVisibleAsync(Slowly);
        var cancelled = admin.Part("order-stats").Locator("[data-status='Cancelled']");
        await Expect(cancelled).ToBeVisibleAsync();
        var before = int.Parse(
            await cancelled.InnerTextAsync(),
            System.Globalization.NumberStyles.AllowThousands,
            null
        );
        await admin.Page.EvaluateAsync("() => { window.sameDocument = true; }");

        // The provider takes five seconds over it: time to change one's mind.
        var shopper = await platform.Market.RegisterShopperAsync();
        var fruit = await platform.Market.ListFruitAsync(await FarmerAsync(), boxes: 5);
        var slow = await platform.Market.PlaceAsync(shopper, fruit.Id, scenario: "slow");
        await using var second = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await second.OpenAsync($"/admin/orders/{slow.OrderId}");
        await second.Part("admin-cancel").ClickAsync();
        await second.Part("admin-cancel-submit").ClickAsync();
        await Expect(second.Part("order-status")).ToHaveAttributeAsync("data-status", "Cancelled");

        await Expect(cancelled)
            .Not.ToHaveTextAsync(before.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        (await admin.Page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeTrue();
        await admin.Part("pause").ClickAsync();
        await Expect(admin.Part("pause")).ToHaveAttributeAsync("aria-pressed", "true");

        var order = (await platform.Market.PlaceAsync(shopper, fruit.Id)).OrderId;
        await HoldAtTheFarmAsync(order);
        await second.OpenAsync("/admin/deliveries");
        await second.Part("delivery-search").FillAsync(NumberOf(order));
        await second.Part("delivery-search").PressAsync("Enter");
        var row = second.Page.Locator($"tr[data-order='{order}']");
        await row.GetByTestId("advance").ClickAsync();
        await Expect(row).Not.ToHaveAttributeAsync("data-status", "READY");
        if (await row.GetByTestId("advance").CountAsync() > 0)
            await row.GetByTestId("advance").ClickAsync();
        await Expect(row).ToHaveAttributeAsync("data-status", "DELIVERED");
        await platform.Market.WaitForAsync(shopper, order, OrderStatus.Delivered);
        await second.ScreenshotAsync("admin-deliveries-found");
        admin.Errors.ShouldBeEmpty();
        second.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_letters_are_sent_again_one_or_many_and_put_away_with_a_note()
    {
        // Without an id no consumer takes a message by itself; redriven, it is an event like any other. Broken JSON never is.
        var mendable = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        var broken = Guid.NewGuid();
        foreach (var subject in mendable)
            await Poison.ProduceAsync(
                platform.Urls["kafka"],
                subject,
                id: null,
                """{"orderId":"ID","paymentId":"ID","paymentKey":"pay_secret","amountKrw":1000,"capturedAt":"2026-11-21T00:00:00Z"}"""
            );
        await Poison.ProduceAsync(platform.Urls["kafka"], broken, Guid.NewGuid(), """{"orderId": 42""");
        var person = await platform.Market.SignInAsync(DemoAccounts.AdminEmail);
        await Eventually.UntilAsync(
            async () => (await OpenLettersAsync(person)).IsSupersetOf([.. mendable, broken]),
            "Order gives up on the poison"
        );

        await using var admin = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await admin.OpenAsync("/admin/dead-letters?service=order");
        var first = Letter(admin, mendable[0]);
        await first.GetByTestId("letter-details").ClickAsync();
        await Expect(first.GetByTestId("letter-payload")).ToContainTextAsync("\"amountKrw\": 1000");
        await Expect(first.GetByTestId("letter-payload")).Not.ToContainTextAsync("pay_secret");
        await first.GetByTestId("redrive").ClickAsync();
        await Expect(first).ToHaveCountAsync(0);

        foreach (var subject in mendable[1..].Append(broken))
            await Letter(admin, subject).GetByTestId("select-letter").CheckAsync();
        await admin.ScreenshotAsync("admin-dead-letters-selected");
        await admin.Part("redrive-selected").ClickAsync();
        await Expect(admin.Part("result")).ToContainTextAsync("2건을 처리했고 1건은 다시 실패했어요");
        await Expect(Letter(admin, mendable[2])).ToHaveCountAsync(0);

        await Letter(admin, broken).GetByTestId("discard").ClickAsync();
        await admin.Part("discard-note").FillAsync("시험으로 만든 메시지");
        await admin.Part("discard-submit").ClickAsync();
        await Expect(Letter(admin, broken)).ToHaveCountAsync(0);
        await admin.Part("letter-state").SelectOptionAsync("discarded");
        await Expect(Letter(admin, broken).GetByTestId("discard-note")).ToContainTextAsync("시험으로 만든 메시지");
        await admin.OpenAsync("/admin/actions?service=order");
        await Expect(admin.Part("actions")).ToContainTextAsync("시험으로 만든 메시지");
        admin.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_farmer_is_approved_suspended_and_reinstated_and_an_account_is_locked()
    {
        var (farmId, email) = await RegisterAsync("farmer");
        await using var admin = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await admin.OpenAsync("/admin/farmers");
        var row = admin.Page.Locator($"[data-farmer='{farmId}']");
        await row.GetByTestId("approve").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        var farmer = await platform.Market.SignInAsync(email);
        await FarmOpensAsync(farmId);
        var fruit = await platform.Market.ListFruitAsync(farmer, boxes: 3);

        await admin.Part("farmers-approved").ClickAsync();
        await row.GetByTestId("suspend").ClickAsync();
        await admin.Part("suspend-note").FillAsync("당도 표시가 달랐어요");
        await admin.Part("suspend-submit").ClickAsync();
        await Expect(row).ToContainTextAsync("당도 표시가 달랐어요");
        await OnSaleAsync(fruit.Id, onSale: false);

        await using var shopper = await browser.VisitAsync(platform);
        await shopper.OpenAsync($"/fruits?q={Uri.EscapeDataString(fruit.Name)}");
        await Expect(shopper.Page.Locator($"[data-fruit='{fruit.Id}']")).ToHaveCountAsync(0);
        await shopper.OpenAsync($"/fruits/{fruit.Id}");
        await Expect(shopper.Part("price")).ToBeVisibleAsync();
        await Expect(shopper.Part("add-to-cart")).ToHaveCountAsync(0);
        await using var owner = await browser.VisitAsync(platform, email: email);
        await owner.OpenAsync("/farm");
        await Expect(owner.Part("suspended")).ToContainTextAsync("당도 표시가 달랐어요");
        using var refused = await platform.Market.SendAsync(
            farmer,
            HttpMethod.Post,
            "catalog",
            $"fruits/{fruit.Id}/stock",
            new StockChange(1, "찾음")
        );
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        await admin.Part("farmers-suspended").ClickAsync();
        await row.GetByTestId("reinstate").ClickAsync();
        await admin.Part("reinstate-note").FillAsync("고쳤습니다");
        await admin.Part("reinstate-submit").ClickAsync();
        await OnSaleAsync(fruit.Id, onSale: true);
        await shopper.OpenAsync($"/fruits/{fruit.Id}");
        await Expect(shopper.Part("add-to-cart")).ToBeEnabledAsync();

        var (accountId, locked) = await RegisterAsync("shopper");
        await admin.OpenAsync("/admin/accounts");
        await admin.Part("account-search").FillAsync(locked);
        await admin.Part("account-search").PressAsync("Enter");
        var account = admin.Page.Locator($"[data-account='{accountId}']");
        await account.GetByTestId("lock").ClickAsync();
        await admin.Part("lock-note").FillAsync("결제 사기 의심");
        await admin.Part("lock-submit").ClickAsync();
        await Expect(account).ToHaveAttributeAsync("data-locked", "true");
        await shopper.Page.GotoAsync("/sign-in");
        await shopper.Page.Locator("input[type=email]").FillAsync(locked);
        await shopper.Page.Locator("input[type=password]").FillAsync(DemoAccounts.Password);
        await shopper.Part("sign-in").ClickAsync();
        await Expect(shopper.Part("sign-in-error")).ToContainTextAsync("잠겨 있어요");
        await account.GetByTestId("unlock").ClickAsync();
        await admin.Part("unlock-note").FillAsync("확인했습니다");
        await admin.Part("unlock-submit").ClickAsync();
        await Expect(account).ToHaveAttributeAsync("data-locked", "false");
        await shopper.SignInAsync(locked, DemoAccounts.Password);
        admin.Errors.ShouldBeEmpty();
        owner.Errors.ShouldBeEmpty();
    }

    private static ILocator Letter(Visitor admin, Guid subject) =>
        admin.Page.Locator($"[data-testid='dead-letter'][data-subject='{subject}']");

    private static string NumberOf(Guid order) => order.ToString("N")[^12..].ToUpperInvariant();

    private Task<Person> FarmerAsync() => platform.Market.SignInAsync(DemoAccounts.FarmerEmail);

    private async Task<OrderDetails> DeliveredAsync()
    {
        var shopper = await platform.Market.RegisterShopperAsync();
        var fruit = await platform.Market.ListFruitAsync(await FarmerAsync(), boxes: 5);
        var order = (await platform.Market.PlaceAsync(shopper, fruit.Id)).OrderId;
        await platform.Market.WaitForAsync(shopper, order, OrderStatus.Delivered);
        return await platform.Market.OrderAsync(await platform.Market.SignInAsync(DemoAccounts.AdminEmail), order);
    }

    private async Task<(Guid Id, string Email)> RegisterAsync(string role)
    {
        var email = $"{role}-{Guid.NewGuid():N}@example.com";
        var created = await platform.Market.SendAsync<AccountCreated>(
            null,
            HttpMethod.Post,
            "identity",
            "accounts",
            new RegisterAccount(email, DemoAccounts.Password, "박초롱", role, "초롱농원", "경북 청송")
        );
        return (created.Id, email);
    }

    private async Task<HashSet<Guid>> OpenLettersAsync(Person admin)
    {
        var letters = await platform.Market.SendAsync<Paged<DeadLetter>>(
            admin,
            HttpMethod.Get,
            "order",
            "dead-letters?state=open&pageSize=100"
        );
        return [.. letters.Items.Select(letter => Guid.Parse(letter.Subject))];
    }

    private Task FarmOpensAsync(Guid farmId) =>
        Eventually.UntilAsync(
            async () =>
            {
                using var farm = await platform.Market.SendAsync(null, HttpMethod.Get, "catalog", $"farms/{farmId}");
                return farm.IsSuccessStatusCode;
            },
            "the farm opens"
        );

    private Task OnSaleAsync(Guid fruitId, bool onSale) =>
        Eventually.UntilAsync(
            async () => (await platform.Market.FruitAsync(fruitId)).ForSale == onSale,
            onSale ? "the fruit is back in the shop" : "the fruit leaves the shop"
        );

    /// <summary>Time moves deliveries on here; this one waits for a person.</summary>
    private Task HoldAtTheFarmAsync(Guid orderId) =>
        Eventually.UntilAsync(
            async () =>
            {
                await using var connection = new Npgsql.NpgsqlConnection(platform.Database("deliverydb"));
                return await Dapper.SqlMapper.ExecuteAsync(
                        connection,
                        """
                        update deliveries set scheduled_at = scheduled_at + interval '1 hour', on_route_at = on_route_at + interval '1 hour'
                        where order_id = @orderId and status <> 'DELIVERED'
                        """,
                        new { orderId }
                    ) == 1;
            },
            "the delivery is scheduled"
        );

    [GeneratedRegex(@"\d{2}:\d{2}:\d{2}\.\d{3}", RegexOptions.None, 1000)]
    private static partial Regex Milliseconds();
}
