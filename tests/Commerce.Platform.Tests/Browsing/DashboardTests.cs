using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>What a developer looks at: Aspire's own dashboard, on the running platform.</summary>
[Collection(PlatformCollection.Name)]
public sealed class DashboardTests(Platform platform, Browser browser)
{
    private static readonly string[] Everything =
    [
        "postgres",
        "redis",
        "kafka",
        "identitydb",
        "catalogdb",
        "orderdb",
        "paymentdb",
        "deliverydb",
        "identity",
        "catalog",
        "order",
        "payment",
        "payment-provider",
        "delivery",
        "storefront",
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly LocatorAssertionsToBeVisibleOptions Slowly = new() { Timeout = 60_000 };

    [Fact]
    public async Task Every_resource_is_there_and_green()
    {
        await platform.WaitUntilHealthyAsync();
        await using var developer = await OpenAsync();
        var page = developer.Page;

        foreach (var name in Everything)
        {
            await Expect(Healthy(page, name)).ToBeVisibleAsync(Slowly);
        }

        await page.GotoAsync("/?view=Graph");
        foreach (var name in Everything)
        {
            await Expect(
                    page.Locator("svg text")
                        .Filter(new() { HasTextRegex = new Regex($"^\\s*{name}", RegexOptions.None, Limit) })
                        .First
                )
                .ToBeAttachedAsync(new() { Timeout = 60_000 });
        }
    }

    [Fact]
    public async Task An_orders_trace_shows_the_services_it_went_through_and_its_log_and_figures_are_there()
    {
        var farmer = await platform.Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await platform.Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await platform.Market.ListFruitAsync(farmer, boxes: 1);
        var placed = await platform.Market.PlaceAsync(shopper, fruit.Id);
        var order = await platform.Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Delivered);
        var admin = await platform.Market.SignInAsync(DemoAccounts.AdminEmail);
        var trace = (await platform.Market.OrderAsync(admin, order.Id)).Timeline.Select(entry => entry.TraceId).First();
        await Eventually.UntilAsync(
            async () =>
                (await platform.ServicesInTraceAsync(trace!)).IsSupersetOf(["order", "catalog", "payment", "delivery"]),
            "the trace has arrived in the dashboard"
        );
        await using var developer = await OpenAsync();
        var page = developer.Page;

        await page.GotoAsync($"/traces/detail/{trace}");
        foreach (var service in new[] { "order", "catalog", "payment", "delivery" })
        {
            await Expect(page.GetByText(new Regex($"^\\s*{service}\\b", RegexOptions.None, Limit)).First)
                .ToBeVisibleAsync(Slowly);
        }

        await page.GotoAsync("/consolelogs/resource/order");
        await Expect(page.GetByText("Relay streams").First).ToBeVisibleAsync(Slowly);
        await page.GotoAsync("/metrics/resource/order");
        await Expect(page.GetByText("commerce.messaging.handled").First).ToBeVisibleAsync(Slowly);
    }

    [Fact]
    public async Task A_button_restarts_a_service()
    {
        await platform.WaitUntilHealthyAsync("delivery");
        var before = platform.ProcessesOf("delivery")[0].Pid;
        await using var developer = await OpenAsync();
        var page = developer.Page;

        var row = Healthy(page, "delivery");
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Restart" }).ClickAsync();

        await Eventually.UntilAsync(
            () => Task.FromResult(platform.ProcessesOf("delivery")[0].Pid is { } now && now != before),
            "another process runs"
        );
        await platform.WaitUntilHealthyAsync("delivery");
    }

    private async Task<Visitor> OpenAsync()
    {
        var developer = await browser.VisitAsync(new Uri(platform.Urls["dashboard"]));
        await developer.Page.GotoAsync(platform.Urls["dashboard"]);
        return developer;
    }

    /// <summary>The row of a resource that runs; one that is not healthy says so behind its state, where a time stands here.</summary>
    private static ILocator Healthy(IPage page, string name) =>
        page.GetByRole(
            AriaRole.Row,
            new() { NameRegex = new Regex($@"^\w+: {name}(-[a-z]{{8}})? Running \d", RegexOptions.None, Limit) }
        ).First;
}
