using System.Net;
using Bunit;
using Commerce.Contracts.Api;
using Commerce.Storefront.Shop;

namespace Commerce.Storefront.Tests.Components;

public sealed class CartPageTests : ShopContext
{
    private static readonly Guid Apple = Guid.CreateVersion7();
    private static readonly Guid Pear = Guid.CreateVersion7();

    [Fact]
    public void A_cart_shows_its_lines_by_farm_and_what_they_come_to()
    {
        Has(Item(Apple, "사과", 2, 30_000), Item(Pear, "배", 1, 45_000));
        Knows(Fruit(Apple, "사과", 50, 30_000), Fruit(Pear, "배", 50, 45_000));

        var page = Render<CartPage>();

        page.WaitForAssertion(() => page.FindAll("[data-testid=cart-item]").Count.ShouldBe(2));
        page.FindAll("[data-testid=cart-farm]").Count.ShouldBe(1);
        page.Find("[data-testid=cart-total]").TextContent.ShouldBe("105,000원");
        page.Find("[data-testid=checkout]").GetAttribute("href").ShouldBe("/checkout");
    }

    [Fact]
    public void More_boxes_than_there_are_stop_the_order_until_they_are_reduced()
    {
        Has(Item(Apple, "사과", 4, 30_000));
        Knows(Fruit(Apple, "사과", 3, 30_000));
        var page = Render<CartPage>();
        page.WaitForElement("[data-testid=cart-too-many]");
        page.FindAll("[data-testid=checkout]").ShouldBeEmpty();
        Wire.Answer($"PUT /cart/items/{Apple}", new Cart([Item(Apple, "사과", 3, 30_000)], 90_000));

        page.Find("[data-testid=cart-reduce]").Click();

        page.WaitForElement("[data-testid=checkout]");
        Wire.Requests.ShouldContain(r => r.StartsWith($"PUT /cart/items/{Apple}") && r.Contains("\"quantity\":3"));
    }

    [Fact]
    public void A_box_that_is_taken_out_can_come_back()
    {
        Has(Item(Apple, "사과", 2, 30_000));
        Knows(Fruit(Apple, "사과", 50, 30_000));
        var page = Render<CartPage>();
        Wire.Answer($"DELETE /cart/items/{Apple}", new Cart([], 0));
        Wire.Answer($"PUT /cart/items/{Apple}", new Cart([Item(Apple, "사과", 2, 30_000)], 60_000));

        page.WaitForElement("[data-testid=cart-remove]").Click();
        page.WaitForElement("[data-testid=cart-removed] button").Click();

        page.WaitForElement("[data-testid=cart-item]");
        page.FindAll("[data-testid=cart-removed]").ShouldBeEmpty();
        page.Find("[data-testid=cart-total]").TextContent.ShouldBe("60,000원");
    }

    [Fact]
    public void A_price_that_changed_is_said_until_it_was_seen()
    {
        Has(Item(Apple, "사과", 1, 33_000, seen: 30_000));
        Knows(Fruit(Apple, "사과", 50, 33_000));
        var page = Render<CartPage>();
        Wire.Answer($"PUT /cart/items/{Apple}", new Cart([Item(Apple, "사과", 1, 33_000)], 33_000));

        page.WaitForElement("[data-testid=price-changed]").TextContent.ShouldContain("30,000원");
        page.Find("[data-testid=price-seen]").Click();

        page.WaitForAssertion(() => page.FindAll("[data-testid=price-changed]").ShouldBeEmpty());
    }

    [Fact]
    public void Without_catalog_the_cart_stands_and_says_that_its_stock_is_not_known()
    {
        Has(Item(Apple, "사과", 1, 30_000));
        Wire.Refuse("GET /fruits/lookup", HttpStatusCode.ServiceUnavailable);

        var page = Render<CartPage>();

        page.WaitForElement("[data-testid=cart-item]");
        page.FindAll("[data-testid=checkout]").Count.ShouldBe(1);
        page.Markup.ShouldContain("재고");
    }

    [Fact]
    public void Without_order_the_page_says_so_and_tries_again_when_asked()
    {
        Wire.Refuse("GET /cart", HttpStatusCode.ServiceUnavailable);
        var page = Render<CartPage>();
        var again = page.WaitForElement("[data-testid=trouble] button");
        Has(Item(Apple, "사과", 1, 30_000));
        Knows(Fruit(Apple, "사과", 50, 30_000));

        again.Click();

        page.WaitForElement("[data-testid=cart-item]");
    }

    private void Has(params CartItem[] items) =>
        Wire.Answer("GET /cart", new Cart(items, items.Sum(item => item.Quantity * item.UnitPriceKrw)));

    private void Knows(params Fruit[] fruits) => Wire.Answer<IReadOnlyList<Fruit>>("GET /fruits/lookup", fruits);
}
