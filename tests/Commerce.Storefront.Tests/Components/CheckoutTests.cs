using System.Net;
using Bunit;
using Commerce.Contracts.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Storefront.Tests.Components;

public sealed class CheckoutTests : ShopContext
{
    private const string Key = "0198f0c0-0000-7000-8000-000000000001";
    private static readonly Guid Apple = Guid.CreateVersion7();
    private static readonly Guid Order = Guid.CreateVersion7();

    public CheckoutTests()
    {
        Wire.Answer("GET /cart", new Cart([Item(Apple, "사과", 2, 30_000)], 60_000, Key));
        Wire.Answer<IReadOnlyList<Fruit>>("GET /fruits/lookup", [Fruit(Apple, "사과", 50, 30_000)]);
        Wire.Answer<IReadOnlyList<SavedAddress>>(
            "GET /me/addresses",
            [new(Guid.NewGuid(), "집", "김민수", "010-1234-5678", "04524", "세종대로 110", null, IsDefault: true)]
        );
        JSInterop.Setup<string?>("commerce.cardToken", _ => true).SetResult("tok_000000000000000000000000");
    }

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public void One_click_orders_under_the_carts_own_key_and_leads_to_the_order()
    {
        Wire.Answer("POST /orders", new OrderAccepted(Order, OrderStatus.Placed, 60_000), HttpStatusCode.Accepted);
        var page = Render<Commerce.Storefront.Shop.Checkout>();

        page.WaitForElement("form").Submit();

        page.WaitForAssertion(() => Address.ShouldEndWith($"/orders/{Order}"));
        Wire.IdempotencyKeys.ShouldBe([Key]);
        Wire.Requests.ShouldContain(r => r.StartsWith("POST /orders ") && r.Contains("\"expectedTotalKrw\":60000"));
    }

    [Fact]
    public void An_incomplete_card_orders_nothing_and_says_so()
    {
        JSInterop.Setup<string?>("commerce.cardToken", _ => true).SetResult(null);
        var page = Render<Commerce.Storefront.Shop.Checkout>();

        page.WaitForElement("form").Submit();

        page.WaitForElement("[data-testid=checkout-message]");
        Wire.IdempotencyKeys.ShouldBeEmpty();
    }

    [Fact]
    public void A_total_that_changed_is_shown_and_agreed_to_anew()
    {
        Wire.Refuse(
            "POST /orders",
            HttpStatusCode.Conflict,
            new { title = "The total has changed.", totalKrw = 66_000 }
        );
        var page = Render<Commerce.Storefront.Shop.Checkout>();
        page.WaitForElement("form");
        Wire.Answer("GET /cart", new Cart([Item(Apple, "사과", 2, 33_000)], 66_000, Key));

        page.Find("form").Submit();

        var notice = page.WaitForElement("[data-testid=total-changed]").TextContent;
        notice.ShouldContain("60,000원");
        notice.ShouldContain("66,000원");
        page.Find("[data-testid=place-order]").TextContent.ShouldContain("66,000원");
    }

    [Fact]
    public void A_fruit_that_sold_out_meanwhile_blocks_the_order()
    {
        Wire.Answer<IReadOnlyList<Fruit>>("GET /fruits/lookup", [Fruit(Apple, "사과", 0, 30_000)]);

        var page = Render<Commerce.Storefront.Shop.Checkout>();

        page.WaitForElement("[data-testid=checkout-blocked]");
        page.FindAll("[data-testid=place-order]").ShouldBeEmpty();
    }
}
