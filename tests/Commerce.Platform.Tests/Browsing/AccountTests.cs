using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>Coming in, and keeping one's own data.</summary>
[Collection(PlatformCollection.Name)]
public sealed class AccountTests(Platform platform, Browser browser)
{
    private const string NewPassword = "잘 익은 배 두 상자";

    [Fact]
    public async Task A_shopper_registers_with_help_keeps_addresses_and_signs_out_everywhere()
    {
        var email = $"account-{Guid.NewGuid():N}@example.com";
        await using var shopper = await browser.VisitAsync(platform);
        var page = shopper.Page;

        // Errors appear when a field is left, and go while it is mended.
        await page.GotoAsync("/register?returnUrl=%2Faccount");
        await page.Locator("#email").FillAsync("nonsense");
        await page.Locator("#password").FillAsync("short");
        await Expect(page.Locator("#email-error")).ToBeVisibleAsync();
        await shopper.Part("register").ClickAsync();
        await Expect(page.Locator("#name")).ToBeFocusedAsync();
        await Expect(page.Locator("#password-error")).ToBeVisibleAsync();
        await shopper.ShouldBeAccessibleAsync();
        await page.Locator("#name").FillAsync("박초롱");
        await page.Locator("#email").FillAsync(DemoAccounts.ShopperEmail);
        await Expect(page.Locator("#email-error")).ToBeHiddenAsync();
        await page.Locator("#password").FillAsync(DemoAccounts.Password);
        await shopper.Part("register").ClickAsync();
        await Expect(shopper.Part("register-error")).ToContainTextAsync("이 이메일로는 가입할 수 없어요");
        await page.Locator("#email").FillAsync(email);
        await page.Locator("#password").FillAsync(DemoAccounts.Password);
        await shopper.Part("register").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/account$"));
        await shopper.BecomeInteractiveAsync();

        await KeepAddressesAsync(shopper);
        await shopper.Part("display-name").FillAsync("박새롬");
        await shopper.Part("save-name").ClickAsync();
        await Expect(shopper.Part("name-message")).ToHaveTextAsync("저장했어요.");

        await using var phone = await browser.VisitAsync(platform, Look.Phone, email);
        await ChangePasswordAsync(shopper);
        await shopper.Part("everywhere").Locator("summary").ClickAsync();
        await shopper.Part("sign-out-everywhere").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/sign-in$"));
        await shopper.SignInAsync(email, NewPassword);
        shopper.Errors.ShouldAllBe(error =>
            error.Contains("400", StringComparison.Ordinal) || error.Contains("409", StringComparison.Ordinal)
        );
        phone.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Guessing_passwords_ends_with_a_calm_word_about_when_to_go_on()
    {
        var email = $"guessed-{Guid.NewGuid():N}@example.com";
        using (
            var wrong = await platform.Market.SendAsync(
                null,
                HttpMethod.Post,
                "identity",
                "tokens",
                new SignInRequest(email, "zzzzzzzz")
            )
        )
            wrong.StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        await using var guesser = await browser.VisitAsync(platform, new Look("en"));
        await guesser.Page.GotoAsync("/sign-in?returnUrl=https%3A%2F%2Fevil.example");
        await guesser.Page.Locator("#email").FillAsync(email);
        for (var i = 0; i < 10; i++)
        {
            await guesser.Page.Locator("#password").FillAsync($"guess number {i}");
            await guesser.Part("sign-in").ClickAsync();
            await Expect(guesser.Part("sign-in-error")).ToBeVisibleAsync();
            await Expect(guesser.Page.Locator("#password")).ToHaveValueAsync("");
        }
        await guesser.Page.Locator("#password").FillAsync(DemoAccounts.Password);
        await guesser.Part("sign-in").ClickAsync();

        await Expect(guesser.Part("sign-in-error")).ToContainTextAsync("Too many attempts");
        await Expect(guesser.Part("sign-in-error")).ToContainTextAsync("minutes");
        await guesser.Page.Locator("#email").FillAsync(DemoAccounts.ShopperEmail);
        await guesser.Page.Locator("#password").FillAsync(DemoAccounts.Password);
        await guesser.Part("sign-in").ClickAsync();
        await guesser.ArriveAsync("^[^/]+//[^/]+/$");
    }

    private static async Task KeepAddressesAsync(Visitor shopper)
    {
        foreach (var label in new[] { "집", "회사" })
        {
            await shopper.Part("address-add").ClickAsync();
            await shopper.Part("address-save").ClickAsync();
            await Expect(shopper.Part("label")).ToBeFocusedAsync();
            await shopper.Part("label").FillAsync(label);
            await shopper.FillAddressAsync();
            await Expect(shopper.Page.Locator(".address-editor [aria-invalid=true]")).ToHaveCountAsync(0);
            await shopper.Part("address-save").ClickAsync();
            await Expect(shopper.Part("address-editor")).ToHaveCountAsync(0);
        }
        var first = shopper.Part("address").First;
        await Expect(first).ToContainTextAsync("집");
        await Expect(first.GetByTestId("address-default")).ToBeVisibleAsync();
        await shopper.Part("address-make-default").ClickAsync();
        await Expect(first).ToContainTextAsync("회사");
        await shopper.ShouldBeAccessibleAsync();
        await first.GetByTestId("address-edit").ClickAsync();
        await shopper.Part("postal-code").FillAsync("123");
        await shopper.Part("line1").FocusAsync();
        await Expect(shopper.Page.Locator("#postal-code-error")).ToBeVisibleAsync();
        await shopper.Part("postal-code").FillAsync("63243");
        await Expect(shopper.Page.Locator("#postal-code-error")).ToHaveCountAsync(0);
        await shopper.Part("address-save").ClickAsync();
        await Expect(first).ToContainTextAsync("63243");
        await first.GetByTestId("address-remove").ClickAsync();
        await Expect(shopper.Part("address")).ToHaveCountAsync(1);
        await Expect(first.GetByTestId("address-default")).ToBeVisibleAsync();
        await shopper.Part("address-undo").ClickAsync();
        await Expect(shopper.Part("address")).ToHaveCountAsync(2);
    }

    private static async Task ChangePasswordAsync(Visitor shopper)
    {
        await shopper.Part("to-password").ClickAsync();
        await shopper.Page.Locator("#current").FillAsync("not this one");
        await shopper.Page.Locator("#new").FillAsync(NewPassword);
        await shopper.Part("change-password").ClickAsync();
        await Expect(shopper.Page.Locator("#current-error")).ToBeVisibleAsync();
        await shopper.ShouldBeAccessibleAsync();
        await shopper.Page.Locator("#current").FillAsync(DemoAccounts.Password);
        await shopper.Page.Locator("#new").FillAsync(NewPassword);
        await shopper.Part("change-password").ClickAsync();
        await Expect(shopper.Part("password-changed")).ToBeVisibleAsync();
        await shopper.BecomeInteractiveAsync();
    }
}
