using System.Text.RegularExpressions;
using Commerce.Contracts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>The shop without a mouse.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class KeyboardTests(Platform platform, Browser browser)
{
    [Fact]
    public async Task The_first_tab_leads_past_the_header_and_a_new_page_is_read_from_its_heading()
    {
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;
        await shopper.OpenAsync("/fruits");

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<bool>("() => document.activeElement.closest('main') !== null")).ShouldBeTrue();

        await shopper.Part("fruit-card").First.GetByRole(AriaRole.Link).First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(FruitUrl());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();
        shopper.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Escape_closes_a_menu_and_leaves_the_focus_on_its_button()
    {
        await using var admin = await browser.VisitAsync(platform, email: DemoAccounts.AdminEmail);
        await admin.OpenAsync("/");
        var menu = admin.Part("account-menu");
        await admin.TabToAndPressAsync("[data-testid=account-menu] > summary");
        await Expect(menu).ToHaveAttributeAsync("open", "");
        await admin.Page.Keyboard.PressAsync("Tab");
        await admin.Page.Keyboard.PressAsync("Escape");

        await Expect(menu).Not.ToHaveAttributeAsync("open", "");
        await Expect(menu.Locator("> summary")).ToBeFocusedAsync();
    }

    public static TheoryData<string> Read => ["/", "/fruits", "/sign-in", "/register", "/farms"];

    [Theory]
    [MemberData(nameof(Read))]
    public async Task Tabs_go_through_a_page_in_the_order_in_which_it_is_read(string path)
    {
        await using var shopper = await browser.VisitAsync(platform);
        await shopper.OpenAsync(path);
        await shopper.SettleAsync();
        await shopper.Page.EvaluateAsync("() => { window.stops = []; }");
        for (var left = true; left; )
        {
            await shopper.Page.Keyboard.PressAsync("Tab");
            // Past the last one the focus leaves the page, or starts again at the first.
            left = await shopper.Page.EvaluateAsync<bool>(
                """
                () => {
                  const now = document.activeElement;
                  if (!now || now === document.body || window.stops.includes(now)) return false;
                  window.stops.push(now);
                  return true;
                }
                """
            );
        }
        var stops = await shopper.Page.EvaluateAsync<int>("() => window.stops.length");
        var wrong = await shopper.Page.EvaluateAsync<string[]>(
            """
            () => window.stops
              .filter((e, i, all) => i > 0 && !(all[i - 1].compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING))
              .map(e => e.outerHTML.slice(0, 120))
            """
        );

        stops.ShouldBeGreaterThan(8);
        wrong.ShouldBeEmpty();
    }

    public static TheoryData<int> Widths => [1280, 360];

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task A_box_is_bought_with_the_keyboard_alone(int width)
    {
        var email = $"keys-{Guid.NewGuid():N}@example.com";
        var person = await platform.Market.RegisterShopperAsync(email);
        await using var shopper = await browser.VisitAsync(platform, new Look(Width: width, Height: 740));
        var page = shopper.Page;

        await shopper.OpenAsync("/");
        await shopper.TabToAndPressAsync("[data-testid=fruit-card] a");
        await Expect(page).ToHaveURLAsync(FruitUrl());
        await shopper.BecomeInteractiveAsync();
        await shopper.TabToAndPressAsync("[data-testid=add-to-cart]");
        await Expect(shopper.Part("cart-link")).ToHaveAttributeAsync("data-count", "1");
        await shopper.TabToAndPressAsync("[data-testid=added] a");
        await Expect(shopper.Part("cart-item")).ToHaveCountAsync(1);
        // A page that was navigated to takes the focus to its heading, once; a key that is pressed before would go there.
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await shopper.TabToAndPressAsync("[data-testid=quantity]", "ArrowUp");
        await Expect(shopper.Part("quantity")).ToHaveValueAsync("2");
        await shopper.TabToAndPressAsync("[data-testid=checkout]");

        await shopper.ArriveAsync("^[^?]*/sign-in");
        await shopper.TabToAndTypeAsync("#email", email);
        await shopper.TabToAndTypeAsync("#password", DemoAccounts.Password);
        await page.Keyboard.PressAsync("Enter");

        await shopper.ArriveAsync("^[^?]*/checkout$");
        await shopper.BecomeInteractiveAsync();
        await shopper.TabToAndTypeAsync("#recipient", "김하늘");
        await shopper.TabToAndTypeAsync("#phone", "01023456789");
        await Expect(shopper.Part("phone")).ToHaveValueAsync("010-2345-6789");
        await shopper.TabToAndTypeAsync("#postal-code", "37409");
        await shopper.TabToAndTypeAsync("#line1", Market.Address.Line1);
        await shopper.TabToAndTypeAsync("#card-number", "4242424242424242");
        await Expect(shopper.Part("card-number")).ToHaveValueAsync("4242 4242 4242 4242");
        await shopper.TabToAndTypeAsync("#card-expiry", "1230");
        await shopper.TabToAndTypeAsync("#card-cvc", "123");
        await page.Keyboard.PressAsync("Enter");

        var order = await platform.Market.OrderAsync(person, await shopper.ArriveAtOrderAsync());
        order.Items.ShouldHaveSingleItem().Quantity.ShouldBe(2);
        (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        shopper.Errors.ShouldBeEmpty();
    }

    [GeneratedRegex(@"/fruits/(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex FruitUrl();
}
