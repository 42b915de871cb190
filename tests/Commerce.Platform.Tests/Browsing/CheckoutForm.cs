using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>Filling in the checkout, as a person with a mouse does it.</summary>
internal static class CheckoutForm
{
    // Groups that no id on these pages reaches, so that a test can look for them in what is sent.
    public const string CardNumber = "4929 8317 9264 7586";
    public const string Cvc = "7391";

    public static async Task FillAddressAsync(this Visitor visitor)
    {
        await visitor.Part("recipient").FillAsync(Market.Address.Recipient);
        await visitor.Part("phone").FillAsync(Market.Address.Phone);
        await visitor.Part("postal-code").FillAsync(Market.Address.PostalCode);
        await visitor.Part("line1").FillAsync(Market.Address.Line1);
    }

    /// <param name="scenario">What the mock provider does: <c>decline</c>, <c>timeout</c> …; null leaves the choice alone.</param>
    public static async Task FillCardAsync(this Visitor visitor, string? scenario = null)
    {
        await visitor.Part("card-number").FillAsync(CardNumber);
        await visitor.Part("card-expiry").FillAsync("12/30");
        await visitor.Part("card-cvc").FillAsync(Cvc);
        if (scenario is not null)
            await visitor.Part("card-scenario").SelectOptionAsync(scenario);
    }

    /// <summary>Waits for the order's page and gives the order's id.</summary>
    public static async Task<Guid> ArriveAtOrderAsync(this Visitor visitor)
    {
        await visitor.ArriveAsync("/orders/");
        await Expect(visitor.Part("order-status")).ToBeVisibleAsync();
        return Guid.Parse(new Uri(visitor.Page.Url).Segments[^1]);
    }

    /// <summary>Puts a fruit into the cart on its page.</summary>
    public static async Task AddToCartAsync(this Visitor visitor, Guid fruitId)
    {
        await visitor.OpenAsync($"/fruits/{fruitId}");
        await visitor.Part("add-to-cart").ClickAsync();
        await Expect(visitor.Part("added").GetByRole(AriaRole.Link)).ToBeVisibleAsync();
    }
}
