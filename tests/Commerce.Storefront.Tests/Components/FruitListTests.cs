using System.Net;
using Bunit;
using Commerce.Contracts.Api;
using Commerce.Storefront.Shop;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Storefront.Tests.Components;

public sealed class FruitListTests : ShopContext
{
    private static readonly FruitFacets Facets = new(
        [new("apple", "Apple", 2)],
        [new("경북 청송", "Cheongsong, Gyeongbuk", 2)],
        [new("특", "특", 2)]
    );

    [Fact]
    public void What_was_found_is_listed_and_counted()
    {
        Finds(Fruit(Guid.CreateVersion7(), "청송 사과", 9, 30_000), Fruit(Guid.CreateVersion7(), "꿀사과", 0, 25_000));

        var page = RenderAt("/fruits");

        page.WaitForAssertion(() => page.Find("[data-testid=result-count]").TextContent.ShouldContain("2"));
        page.Markup.ShouldContain("청송 사과");
        page.Markup.ShouldContain("30,000원");
    }

    [Fact]
    public void Filters_stand_in_the_address_and_each_can_be_taken_away()
    {
        Finds(Fruit(Guid.CreateVersion7(), "청송 사과", 9, 30_000));

        var page = RenderAt("/fruits?category=apple&minPrice=20000");

        page.WaitForAssertion(() => page.FindAll("[data-testid=chip]").Count.ShouldBe(2));
        page.FindAll("[data-testid=chip]")
            .Select(chip => chip.GetAttribute("href"))
            .ShouldBe(["/fruits?minPrice=20000", "/fruits?category=apple"]);
    }

    [Fact]
    public void Another_order_is_another_address()
    {
        Finds(Fruit(Guid.CreateVersion7(), "청송 사과", 9, 30_000));
        var page = RenderAt("/fruits?category=apple");

        page.WaitForElement("[data-testid=sort]").Change("price");

        Services.GetRequiredService<NavigationManager>().Uri.ShouldEndWith("/fruits?category=apple&sort=price");
    }

    [Fact]
    public void Nothing_found_offers_words_that_were_perhaps_meant()
    {
        Wire.Answer("GET /fruits", new Commerce.Contracts.Api.FruitPage([], 0, 1, 24, Facets, Suggestions: ["사과"]));
        Wire.Answer<IReadOnlyList<Fruit>>("GET /fruits/bestsellers", []);

        var page = RenderAt("/fruits?q=사괴");

        page.WaitForElement("[data-testid=suggestions] a").TextContent.ShouldBe("사과");
    }

    [Fact]
    public void Without_catalog_the_page_says_so_and_tries_again_when_asked()
    {
        Wire.Refuse("GET /fruits", HttpStatusCode.ServiceUnavailable);
        var page = RenderAt("/fruits");
        var again = page.WaitForElement("[data-testid=trouble] button");
        Finds(Fruit(Guid.CreateVersion7(), "청송 사과", 9, 30_000));

        again.Click();

        page.WaitForAssertion(() => page.Markup.ShouldContain("청송 사과"));
    }

    private IRenderedComponent<FruitList> RenderAt(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<FruitList>();
    }

    private void Finds(params Fruit[] fruits) =>
        Wire.Answer("GET /fruits", new Commerce.Contracts.Api.FruitPage(fruits, fruits.Length, 1, 24, Facets));
}
