using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Testing;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests;

[Collection(OrderCollection.Name)]
public sealed class CartTests(OrderFixture fixture)
{
    private readonly string _cartId = Guid.NewGuid().ToString();
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task A_guest_fills_changes_and_empties_a_cart()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        using var guest = fixture.Guest(_cartId);
        (await CartAsync(guest)).TotalKrw.ShouldBe(0);

        using var put = await PutCartAsync(guest, fruit.FruitId, 3);
        using var change = await PutCartAsync(guest, fruit.FruitId, 2);

        var cart = await change.ReadAsync<Cart>();
        cart.TotalKrw.ShouldBe(36_000);
        cart.Items.ShouldBe([
            new CartItem(fruit.FruitId, fruit.Name, fruit.NameEn, fruit.FarmName, fruit.ImageUrl, 2, 18_000, true),
        ]);
        using var delete = await guest.DeleteAsync(new Uri($"/cart/items/{fruit.FruitId}", UriKind.Relative));
        (await delete.ReadAsync<Cart>()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Carts_of_two_guests_are_apart()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var guest = fixture.Guest(_cartId);
        using var other = fixture.Guest(Guid.NewGuid().ToString());
        using var put = await PutCartAsync(guest, fruit.FruitId, 1);

        (await CartAsync(other)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cart_shows_todays_price_and_what_was_withdrawn()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        var gone = await fixture.ListAsync(Fruit(priceKrw: 5_000));
        using var guest = fixture.Guest(_cartId);
        using var one = await PutCartAsync(guest, fruit.FruitId, 1);
        using var two = await PutCartAsync(guest, gone.FruitId, 1);

        await fixture.ListAsync(fruit with { PriceKrw = 21_000, Version = 2 });
        await fixture.ListAsync(gone with { ForSale = false, Version = 2 });

        var cart = await CartAsync(guest);
        cart.TotalKrw.ShouldBe(21_000);
        cart.Items.Single(item => item.FruitId == gone.FruitId).ForSale.ShouldBeFalse();
        cart.Items.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100)]
    [InlineData(1_000_000_000)]
    public async Task A_quantity_out_of_range_is_refused(int quantity)
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var guest = fixture.Guest(_cartId);

        using var response = await PutCartAsync(guest, fruit.FruitId, quantity);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "quantity");
        (await CartAsync(guest)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fruit_that_is_not_for_sale_is_not_found()
    {
        using var guest = fixture.Guest(_cartId);

        using var response = await PutCartAsync(guest, Guid.CreateVersion7(), 1);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("short")]
    [InlineData("with spaces in between")]
    [InlineData("cart:account:01970000000070008000")]
    public async Task A_guest_needs_a_well_formed_cart_id(string? cartId)
    {
        using var guest = fixture.Service.Client();
        if (cartId is not null)
        {
            guest.DefaultRequestHeaders.TryAddWithoutValidation("X-Cart-Id", cartId);
        }

        using var response = await guest.GetAsync(new Uri("/cart", UriKind.Relative));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "X-Cart-Id");
    }

    [Fact]
    public async Task A_token_that_no_longer_holds_is_not_a_guest()
    {
        using var client = fixture.Service.Client(fixture.Authority.ExpiredToken(_account));
        client.DefaultRequestHeaders.Add("X-Cart-Id", _cartId);

        using var response = await client.GetAsync(new Uri("/cart", UriKind.Relative));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_in_merges_the_guests_cart_once()
    {
        var both = await fixture.ListAsync(Fruit());
        var guestOnly = await fixture.ListAsync(Fruit());
        using var guest = fixture.Guest(_cartId);
        using var shopper = fixture.Shopper(_account);
        using var one = await PutCartAsync(guest, both.FruitId, 60);
        using var two = await PutCartAsync(guest, guestOnly.FruitId, 2);
        using var three = await PutCartAsync(shopper, both.FruitId, 50);

        using var first = await MergeAsync(shopper);
        using var again = await MergeAsync(shopper);

        var merged = await again.ReadAsync<Cart>();
        merged.Items.Single(item => item.FruitId == both.FruitId).Quantity.ShouldBe(99);
        merged.Items.Single(item => item.FruitId == guestOnly.FruitId).Quantity.ShouldBe(2);
        (await CartAsync(guest)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_merge_needs_a_signed_in_shopper_and_a_well_formed_id()
    {
        using var guest = fixture.Guest(_cartId);
        using var anonymous = await MergeAsync(guest);
        await anonymous.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        using var shopper = fixture.Shopper(_account);

        using var malformed = await shopper.PostAsJsonAsync(
            new Uri("/cart/merge", UriKind.Relative),
            new MergeCart("x")
        );

        await malformed.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cartId");
    }

    [Fact]
    public async Task What_was_ordered_leaves_the_cart_and_the_rest_stays()
    {
        var ordered = await fixture.ListAsync(Fruit());
        var kept = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        using var one = await PutCartAsync(shopper, ordered.FruitId, 2);
        using var two = await PutCartAsync(shopper, kept.FruitId, 1);

        await fixture.PlaceAsync(shopper, ordered);

        (await CartAsync(shopper)).Items.ShouldHaveSingleItem().FruitId.ShouldBe(kept.FruitId);
    }

    [Fact]
    public async Task A_cart_holds_at_most_fifty_fruits()
    {
        using var shopper = fixture.Shopper(_account);
        var last = Guid.Empty;
        for (var i = 0; i < 51; i++)
        {
            last = Guid.CreateVersion7();
            await fixture.Events.PublishAsync(Topics.Catalog, last, new FruitListed(Fruit() with { FruitId = last }));
            await Eventually.True(async () => await fixture.VersionAsync(last) == 1);
            using var response = await PutCartAsync(shopper, last, 1);
            if (i == 50)
            {
                await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "fruitId");
            }
            else
            {
                await response.ShouldBeAsync(HttpStatusCode.OK);
            }
        }

        (await CartAsync(shopper)).Items.Count.ShouldBe(50);
    }

    [Fact]
    public async Task Without_redis_only_carts_are_away()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        await fixture.Infrastructure.Redis.StopAsync();
        try
        {
            using var cart = await shopper.GetAsync(new Uri("/cart", UriKind.Relative));
            await cart.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable);
            cart.Headers.RetryAfter.ShouldNotBeNull();
            var placed = await fixture.PlaceAsync(shopper, fruit);
            await fixture.CaptureAsync(placed.OrderId);
            await WaitForAsync(shopper, placed.OrderId, OrderStatus.Confirmed);
            using var health = await shopper.GetAsync(new Uri("/health", UriKind.Relative));
            await health.ShouldBeAsync(HttpStatusCode.OK);
        }
        finally
        {
            await fixture.Infrastructure.Redis.RestartAsync();
        }

        await Eventually.Holds(async () =>
        {
            using var back = await PutCartAsync(shopper, fruit.FruitId, 1);
            await back.ShouldBeAsync(HttpStatusCode.OK);
        });
    }

    private static Task<Cart> CartAsync(HttpClient client) => GetAsync<Cart>(client, "/cart");

    private Task<HttpResponseMessage> MergeAsync(HttpClient client) =>
        client.PostAsJsonAsync(new Uri("/cart/merge", UriKind.Relative), new MergeCart(_cartId));
}
