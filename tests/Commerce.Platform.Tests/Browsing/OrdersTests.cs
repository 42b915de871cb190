using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>What follows the click: an order on its way, changed minds, reviews, and the same boxes again.</summary>
[Collection(PlatformCollection.Name)]
public sealed class OrdersTests(Platform platform, Browser browser, ITestOutputHelper output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_happens_to_an_order_is_on_its_page_within_a_second_until_it_is_reviewed_and_ordered_again()
    {
        var (email, person) = await RegisterAsync();
        var fruit = await ListAsync();
        await using var shopper = await browser.VisitAsync(platform, new Look("en"), email);
        var orderId = (await platform.Market.PlaceAsync(person, fruit.Id, quantity: 2, scenario: "slow")).OrderId;
        await shopper.OpenAsync($"/orders/{orderId}");
        await NoteChangesAsync(shopper.Page);
        await Expect(shopper.Part("step-now").Locator(".spinner")).ToBeVisibleAsync();

        await Expect(shopper.Part("order-status")).ToHaveTextAsync("Delivered", new() { Timeout = 60_000 });
        await Expect(shopper.Part("step-now")).ToContainTextAsync("It has arrived");
        await ShouldBeThereSoonAsync(shopper.Page, await platform.Market.OrderAsync(person, orderId));

        await ReviewByKeyboardAsync(shopper, fruit);
        await shopper.ShouldBeAccessibleAsync();
        await Expect(shopper.Part("own-review")).ToContainTextAsync("Crisp and sweet.");
        await shopper.Part("review-edit").ClickAsync();
        await shopper.Part("star-5").CheckAsync();
        await shopper.Part("review-save").ClickAsync();
        await Expect(shopper.Part("review-written")).ToBeVisibleAsync();
        await Eventually.UntilAsync(
            async () => await platform.Market.FruitAsync(fruit.Id) is { Rating: 5, ReviewCount: 1 },
            "the changed review counts once"
        );

        await shopper.OpenAsync("/orders?state=delivered");
        await Expect(shopper.Part("order-row")).ToHaveCountAsync(1);
        await shopper.Part("orders-ended").ClickAsync();
        await Expect(shopper.Part("empty")).ToBeVisibleAsync();
        await shopper.Part("orders-all").ClickAsync();
        await shopper.Part("order-row").GetByRole(AriaRole.Link).ClickAsync();
        await shopper.Part("reorder").ClickAsync();
        await Expect(shopper.Part("quantity")).ToHaveValueAsync("2");
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_is_cancelled_after_a_question_and_the_refund_is_shown()
    {
        var (email, person) = await RegisterAsync();
        var fruit = await ListAsync();
        await using var shopper = await browser.VisitAsync(platform, Look.Phone, email);
        // The answer about the money takes 5 s: time for a person to change their mind, and it comes back when it is late.
        var orderId = (await platform.Market.PlaceAsync(person, fruit.Id, scenario: "slow")).OrderId;
        await shopper.OpenAsync($"/orders/{orderId}");

        await shopper.Part("cancel-order").ClickAsync();
        await Expect(shopper.Part("cancel-yes")).ToBeFocusedAsync();
        await shopper.Part("cancel-no").ClickAsync();
        await Expect(shopper.Part("cancel-ask")).ToHaveCountAsync(0);
        await shopper.Part("cancel-order").ClickAsync();
        await shopper.Part("cancel-yes").ClickAsync();

        await Expect(shopper.Part("order-over")).ToContainTextAsync("주문을 취소했어요");
        await Expect(shopper.Part("refund")).ToContainTextAsync("30,000원을 돌려드렸어요");
        await Expect(shopper.Part("cart-link")).ToHaveAttributeAsync("data-count", "0");
        await shopper.ShouldBeAccessibleAsync();
        await shopper.OpenAsync("/orders?state=ended");
        await Expect(shopper.Part("order-row")).ToContainTextAsync("환불 완료");
        shopper.Errors.ShouldBeEmpty();
    }

    /// <summary>Notes when the page began to show each state.</summary>
    private static async Task NoteChangesAsync(IPage page) =>
        await page.EvaluateAsync(
            """
            () => {
              window.seen = {};
              const note = () => {
                const chip = document.querySelector('[data-testid=order-status]');
                for (const state of [chip?.dataset.status, chip?.dataset.delivery]) {
                  if (state) window.seen[state] ??= Date.now();
                }
              };
              new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
              note();
            }
            """
        );

    private async Task ShouldBeThereSoonAsync(IPage page, OrderDetails order)
    {
        var seen = JsonSerializer.Deserialize<Dictionary<string, long>>(
            await page.EvaluateAsync<string>("() => JSON.stringify(window.seen)")
        )!;
        (string Event, string State)[] steps =
        [
            ("order.confirmed", "Confirmed"),
            ("delivery.scheduled", "READY"),
            ("delivery.on-route", "ON_ROUTE"),
            ("order.delivered", "Delivered"),
        ];
        foreach (var (name, state) in steps)
        {
            var happened = order.Timeline.Single(entry => entry.Event == name).At;
            // Confirmed and scheduled follow so closely that one repaint may show both.
            var shown = DateTimeOffset.FromUnixTimeMilliseconds(seen.GetValueOrDefault(state, seen["READY"]));
            output.WriteLine($"{name}: on the page after {(shown - happened).TotalMilliseconds:0} ms");
            (shown - happened).ShouldBeLessThan(Soon, name);
        }
    }

    private static async Task ReviewByKeyboardAsync(Visitor shopper, Fruit fruit)
    {
        await Expect(shopper.Part("review-write")).ToBeVisibleAsync();
        await shopper.Part("review-write").FocusAsync();
        await shopper.Page.Keyboard.PressAsync("Enter");
        await shopper.TabToAsync("[type=radio]");
        await shopper.Page.Keyboard.PressAsync("Space");
        for (var star = 2; star <= 4; star++)
            await shopper.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(shopper.Part("star-4")).ToBeCheckedAsync();
        // Nothing is written yet.
        await shopper.Part("review-save").PressAsync("Enter");
        await Expect(shopper.Page.Locator($"#review-{fruit.Id}")).ToHaveAttributeAsync("aria-invalid", "true");
        await shopper.Part("review-text").FillAsync("Crisp and sweet.");
        await shopper.Part("review-save").PressAsync("Enter");
        await Expect(shopper.Part("review-written")).ToBeVisibleAsync();
    }

    private async Task<(string Email, Person Person)> RegisterAsync()
    {
        var email = $"orders-{Guid.NewGuid():N}@example.com";
        return (email, await platform.Market.RegisterShopperAsync(email));
    }

    private async Task<Fruit> ListAsync() =>
        await platform.Market.ListFruitAsync(await platform.Market.SignInAsync(DemoAccounts.FarmerEmail), boxes: 20);
}
