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
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 30_000 };

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
        await Expect(admin.Part("outbox-chart").Locator("svg").First).ToBeVisibleAsync(Patiently);
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
        await Wait.UntilAsync(
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
        Wait.UntilAsync(
            async () =>
            {
                using var farm = await platform.Market.SendAsync(null, HttpMethod.Get, "catalog", $"farms/{farmId}");
                return farm.IsSuccessStatusCode;
            },
            "the farm opens"
        );

    private Task OnSaleAsync(Guid fruitId, bool onSale) =>
        Wait.UntilAsync(
            async () => (await platform.Market.FruitAsync(fruitId)).ForSale == onSale,
            onSale ? "the fruit is back in the shop" : "the fruit leaves the shop"
        );

    /// <summary>Time moves deliveries on here; this one waits for a person.</summary>
    private Task HoldAtTheFarmAsync(Guid orderId) =>
        Wait.UntilAsync(
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
