using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Carts;

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
            new CartItem(
                fruit.FruitId,
                fruit.Name,
                fruit.NameEn,
                fruit.FarmName,
                fruit.ImageUrl,
                2,
                18_000,
                true,
                fruit.FarmId,
                18_000
            ),
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

    [Fact]
    public async Task A_cart_keeps_the_price_that_the_shopper_saw_until_they_see_another_one()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 32_000));
        using var guest = fixture.Guest(_cartId);
        using var put = await PutCartAsync(guest, fruit.FruitId, 1);
        await fixture.ListAsync(fruit with { PriceKrw = 35_000, Version = 2 });

        using var more = await PutCartAsync(guest, fruit.FruitId, 2);
        var changed = (await more.ReadAsync<Cart>()).Items.ShouldHaveSingleItem();
        (changed.SeenPriceKrw, changed.UnitPriceKrw).ShouldBe((32_000, 35_000));

        using var seen = await guest.PutAsJsonAsync(
            new Uri($"/cart/items/{fruit.FruitId}", UriKind.Relative),
            new CartQuantity(2, PriceSeen: true)
        );
        (await seen.ReadAsync<Cart>()).Items.ShouldHaveSingleItem().SeenPriceKrw.ShouldBe(35_000);
    }

    [Fact]
    public async Task A_merged_cart_keeps_the_price_that_the_guest_saw()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 32_000));
        using var guest = fixture.Guest(_cartId);
        using var shopper = fixture.Shopper(_account);
        using var own = await PutCartAsync(shopper, fruit.FruitId, 1);
        await fixture.ListAsync(fruit with { PriceKrw = 33_000, Version = 2 });
        using var put = await PutCartAsync(guest, fruit.FruitId, 2);
        await fixture.ListAsync(fruit with { PriceKrw = 35_000, Version = 3 });

        using var merged = await MergeAsync(shopper);

        var item = (await merged.ReadAsync<Cart>()).Items.ShouldHaveSingleItem();
        (item.Quantity, item.SeenPriceKrw).ShouldBe((3, 33_000));
    }

    [Fact]
    public async Task A_cart_of_an_older_version_still_reads()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        await fixture.Redis.AskAsync(redis =>
            redis.HashSetAsync($"cart:account:{_account:N}", fruit.FruitId.ToString(), 4)
        );

        var item = (await CartAsync(shopper)).Items.ShouldHaveSingleItem();
        (item.Quantity, item.SeenPriceKrw).ShouldBe((4, null));

        using var more = await PutCartAsync(shopper, fruit.FruitId, 5);
        (await more.ReadAsync<Cart>()).Items.ShouldHaveSingleItem().Quantity.ShouldBe(5);
    }

    [Fact]
    public async Task The_checkout_key_stays_until_the_cart_is_ordered()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var guest = fixture.Guest(_cartId);
        using var put = await PutCartAsync(guest, fruit.FruitId, 1);
        (await put.ReadAsync<Cart>()).CheckoutKey.ShouldBeNull();
        using var shopper = fixture.Shopper(_account);
        using var merge = await MergeAsync(shopper);
        var key = (await merge.ReadAsync<Cart>()).CheckoutKey.ShouldNotBeNull();
        using var more = await PutCartAsync(shopper, fruit.FruitId, 3);
        (await more.ReadAsync<Cart>()).CheckoutKey.ShouldBe(key);

        using var ordered = await PostAsync(shopper, OrderOf((fruit.FruitId, 3)), key);
        await ordered.ShouldBeAsync(HttpStatusCode.Accepted);

        using var next = await PutCartAsync(shopper, fruit.FruitId, 1);
        (await next.ReadAsync<Cart>()).CheckoutKey.ShouldNotBeNull().ShouldNotBe(key);
    }

    [Fact]
    public async Task A_cart_that_was_ordered_already_is_emptied_when_that_comes_out()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        using var put = await PutCartAsync(shopper, fruit.FruitId, 1);
        var key = (await put.ReadAsync<Cart>()).CheckoutKey!;
        using var first = await PostAsync(shopper, OrderOf((fruit.FruitId, 1)), key);
        var orderId = (await first.ReadAsync<OrderAccepted>()).OrderId;
        // As if Redis had been away when the order was placed.
        await Eventually.True(async () =>
            !await fixture.Redis.AskAsync(redis => redis.KeyExistsAsync($"cart:account:{_account:N}"))
        );
        await fixture.Redis.AskAsync(redis =>
            redis.HashSetAsync($"cart:account:{_account:N}", fruit.FruitId.ToString(), "1|18000")
        );
        await fixture.Redis.AskAsync(redis => redis.HashSetAsync($"cart:account:{_account:N}", "checkout", key));

        using var again = await PostAsync(shopper, OrderOf((fruit.FruitId, 1)), key);

        var problem = await again.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("orderId").GetGuid().ShouldBe(orderId);
        await Eventually.True(async () => (await CartAsync(shopper)).Items.Count == 0);
    }

    [Fact]
    public async Task What_could_not_be_bought_comes_back_into_the_cart_at_the_price_that_was_seen()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        using var shopper = fixture.Shopper(_account);
        var soldOut = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        await fixture.ListAsync(fruit with { PriceKrw = 20_000, Version = 2 });
        await fixture.Events.PublishAsync(
            Topics.Catalog,
            soldOut,
            new StockRejected(soldOut, OrderReasons.PriceChanged, fruit.FruitId)
        );
        await WaitForAsync(shopper, soldOut, OrderStatus.Rejected);

        var item = (
            await Eventually.Value(() => CartAsync(shopper), cart => cart.Items.Count == 1)
        ).Items.ShouldHaveSingleItem();
        (item.Quantity, item.SeenPriceKrw, item.UnitPriceKrw).ShouldBe((2, 18_000, 20_000));
    }

    [Fact]
    public async Task A_declined_order_comes_back_once_and_not_over_what_the_cart_has_by_then()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        var declined = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        using var put = await PutCartAsync(shopper, fruit.FruitId, 7);
        await fixture.ReserveAsync(declined);
        await fixture.Events.PublishAsync(
            Topics.Payment,
            declined,
            new PaymentDeclined(declined, Guid.CreateVersion7(), "REJECT_CARD_PAYMENT", "no")
        );
        await WaitForAsync(shopper, declined, OrderStatus.Cancelled);
        (await CartAsync(shopper)).Items.ShouldHaveSingleItem().Quantity.ShouldBe(7);
        using var delete = await shopper.DeleteAsync(new Uri($"/cart/items/{fruit.FruitId}", UriKind.Relative));

        await fixture.Events.PublishAsync(Topics.Catalog, declined, new StockReleased(declined));
        await Eventually.True(async () =>
            (await GetAsync(shopper, declined)).Timeline.Any(entry => entry.Event == "stock.released")
        );

        (await CartAsync(shopper)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_shopper_cancelled_does_not_come_back()
    {
        using var shopper = fixture.Shopper(_account);
        var order = (await fixture.PlaceAsync(shopper)).OrderId;
        using var cancel = await CancelAsync(shopper, order);
        await cancel.ShouldBeAsync(HttpStatusCode.NoContent);

        (await CartAsync(shopper)).Items.ShouldBeEmpty();
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
    public async Task A_cart_is_changed_also_when_Redis_has_forgotten_the_scripts()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        using var one = await PutCartAsync(shopper, fruit.FruitId, 1);
        await fixture.Redis.AskAsync(redis => redis.ExecuteAsync("SCRIPT", "FLUSH"));

        using var two = await PutCartAsync(shopper, fruit.FruitId, 2);

        (await two.ReadAsync<Cart>()).Items.ShouldHaveSingleItem().Quantity.ShouldBe(2);
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
