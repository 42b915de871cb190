using System.Text.Json;
using Commerce.Contracts.Api;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shop;

namespace Commerce.Storefront.Tests.Session;

/// <summary>What a cart says about its boxes, and when they arrive.</summary>
public sealed class CartReaderTests
{
    private static readonly Guid Fruit = Guid.CreateVersion7();
    private static readonly Guid Farm = Guid.CreateVersion7();
    private static readonly DateOnly Friday = new(2026, 11, 20);

    [Theory]
    [InlineData(5, true, false, false)]
    [InlineData(2, true, false, false)]
    [InlineData(1, false, true, false)]
    [InlineData(0, false, false, true)]
    public void Stock_decides_about_a_box(int available, bool canBeOrdered, bool tooMany, bool soldOut)
    {
        var box = Look(quantity: 2, available).Boxes.ShouldHaveSingleItem();

        (box.CanBeOrdered, box.IsTooMany, box.IsSoldOut).ShouldBe((canBeOrdered, tooMany, soldOut));
        Look(2, available).CanBeOrdered.ShouldBe(canBeOrdered);
    }

    [Fact]
    public void Without_catalog_nothing_is_said_about_stock_and_one_can_order() =>
        (Look(2, 5) with { Stock = null }).CanBeOrdered.ShouldBeTrue();

    [Fact]
    public void A_withdrawn_fruit_stops_the_order_and_does_not_count()
    {
        var look = Look(2, 5, forSale: false).WithQuantity(Fruit, 3);

        look.CanBeOrdered.ShouldBeFalse();
        look.Cart.TotalKrw.ShouldBe(0);
    }

    [Fact]
    public void A_hint_and_a_step_change_what_is_shown_at_once()
    {
        var look = Look(2, 5).WithQuantity(Fruit, 4).WithStock(Fruit, 3);

        look.Cart.TotalKrw.ShouldBe(120_000);
        look.Boxes.ShouldHaveSingleItem().IsTooMany.ShouldBeTrue();
        look.Farms.ShouldHaveSingleItem().ShipsBy.ShouldBe(Friday);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(30_000L, false)]
    [InlineData(28_000L, true)]
    public void A_price_changed_when_another_one_was_seen(long? seen, bool changed) =>
        Look(1, 5, seen: seen).Boxes.ShouldHaveSingleItem().PriceChanged.ShouldBe(changed);

    [Fact]
    public void Prerendering_hands_over_the_cart_and_nothing_that_follows_from_it()
    {
        var json = JsonSerializer.Serialize(Look(2, 5), JsonSerializerOptions.Web);

        json.ShouldNotContain("farms");
        JsonSerializer.Deserialize<CartView>(json, JsonSerializerOptions.Web)!.Farms.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("2026-11-19", "06236", "2026-11-20")]
    [InlineData("2026-11-20", "06236", "2026-11-21")]
    [InlineData("2026-11-20", "63243", "2026-11-23")] // A night more would be Sunday.
    [InlineData("2026-11-19", "63243", "2026-11-21")]
    [InlineData("2026-11-19", "40205", "2026-11-21")]
    [InlineData("2026-11-19", "", "2026-11-20")]
    [InlineData("2026-11-19", null, "2026-11-20")]
    public void A_parcel_takes_a_night_and_one_more_to_the_islands(string ships, string? postalCode, string arrives) =>
        DeliveryEstimate.Of(Day(ships), postalCode).ShouldBe(Day(arrives));

    [Fact]
    public void Nobody_knows_when_a_parcel_arrives_that_has_no_day_to_leave() =>
        DeliveryEstimate.Of(null, "06236").ShouldBeNull();

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");

    private static CartView Look(int quantity, int available, bool forSale = true, long? seen = 30_000) =>
        new(
            new Cart(
                [new CartItem(Fruit, "사과", "Apple", "농원", "/a.svg", quantity, 30_000, forSale, Farm, seen)],
                30_000 * quantity
            ),
            [new StockInfo(Fruit, available, Friday, "농원")]
        );
}
