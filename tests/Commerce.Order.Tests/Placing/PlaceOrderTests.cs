using System.Net;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Placing;

[Collection(OrderCollection.Name)]
public sealed class PlaceOrderTests(OrderFixture fixture)
{
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task An_order_is_accepted_at_the_servers_prices_and_asks_catalog()
    {
        var apple = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        var pear = await fixture.ListAsync(Fruit(priceKrw: 40_000));
        using var shopper = fixture.Shopper(_account);

        using var response = await PostAsync(shopper, OrderOf((apple.FruitId, 2), (pear.FruitId, 1)));

        await response.ShouldBeAsync(HttpStatusCode.Accepted);
        var accepted = await response.ReadAsync<OrderAccepted>();
        accepted.ShouldBe(new OrderAccepted(accepted.OrderId, OrderStatus.Placed, 76_000));
        response.Headers.Location.ShouldBe(new Uri($"/orders/{accepted.OrderId}", UriKind.Relative));
        var placed = await fixture.Events.WaitForAsync<OrderPlaced>(accepted.OrderId);
        placed.AccountId.ShouldBe(_account);
        placed.TotalKrw.ShouldBe(76_000);
        placed.Lines.ShouldBe([
            new OrderLine(apple.FruitId, apple.FarmId, 2, 18_000),
            new OrderLine(pear.FruitId, pear.FarmId, 1, 40_000),
        ]);
        (placed.ExpiresAt - placed.PlacedAt).ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task An_order_shows_its_address_items_and_first_event()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        var accepted = await fixture.PlaceAsync(shopper, fruit);

        var order = await GetAsync(shopper, accepted.OrderId);

        order.Status.ShouldBe(OrderStatus.Placed);
        order.Address.ShouldBe(Address);
        order.Items.ShouldBe([
            new OrderItem(
                fruit.FruitId,
                fruit.FarmId,
                fruit.Name,
                fruit.NameEn,
                fruit.FarmName,
                fruit.ImageUrl,
                2,
                18_000
            ),
        ]);
        order.Payment.Status.ShouldBe("pending");
        order.Delivery.Status.ShouldBeNull();
        order.CanCancel.ShouldBeTrue();
        var entry = order.Timeline.ShouldHaveSingleItem();
        (entry.Event, entry.Source, entry.At, entry.TraceId).ShouldBe(("order.placed", "order", order.PlacedAt, null));
    }

    [Fact]
    public async Task The_same_fruit_twice_is_one_line()
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);

        using var response = await PostAsync(shopper, OrderOf((fruit.FruitId, 2), (fruit.FruitId, 3)));

        var order = await GetAsync(shopper, (await response.ReadAsync<OrderAccepted>()).OrderId);
        order.Items.ShouldHaveSingleItem().Quantity.ShouldBe(5);
    }

    [Theory]
    [InlineData("""{"items":[],"address":ADDRESS,"paymentToken":"TOKEN"}""", "items")]
    [InlineData("""{"address":ADDRESS,"paymentToken":"TOKEN"}""", "items")]
    [InlineData("""{"items":null,"address":ADDRESS,"paymentToken":"TOKEN"}""", "items")]
    [InlineData("""{"items":[null],"address":ADDRESS,"paymentToken":"TOKEN"}""", "items[0]")]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":0}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":-1}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":100}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":1000000000}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":10000000000}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":1.5}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":60},{"fruitId":"FRUIT","quantity":60}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[1].quantity"
    )]
    [InlineData(
        """{"items":[{"fruitId":"FRUIT","quantity":1},{"fruitId":"01970000-0000-7000-8000-00000000dead","quantity":1}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[1].fruitId"
    )]
    [InlineData(
        """{"items":[{"fruitId":"apple","quantity":1}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
        "items[0].fruitId"
    )]
    [InlineData("""{"items":ITEMS,"address":ADDRESS,"paymentToken":"tok_short"}""", "paymentToken")]
    [InlineData("""{"items":ITEMS,"address":ADDRESS,"paymentToken":"TOKEN\n"}""", "paymentToken")]
    [InlineData("""{"items":ITEMS,"address":ADDRESS,"paymentToken":"4242424242424242"}""", "paymentToken")]
    [InlineData("""{"items":ITEMS,"address":ADDRESS}""", "paymentToken")]
    [InlineData("""{"items":ITEMS,"paymentToken":"TOKEN"}""", "address")]
    [InlineData(
        """{"items":ITEMS,"address":{"recipient":" ","phone":"12","postalCode":"1","line1":""},"paymentToken":"TOKEN"}""",
        "address.recipient address.phone address.postalCode address.line1"
    )]
    [InlineData(
        """{"items":ITEMS,"address":{"recipient":"a\u0000b","phone":"010-1234-5678","postalCode":"03045","line1":"x"},"paymentToken":"TOKEN"}""",
        "address.recipient"
    )]
    [InlineData("""{"items":ITEMS,"address":ADDRESS,"paymentToken":""", "body")]
    public async Task A_bad_order_names_its_fields_and_leaves_nothing_behind(string body, string fields)
    {
        var fruit = await fixture.ListAsync(Fruit());
        using var shopper = fixture.Shopper(_account);
        var json = body.Replace("ITEMS", """[{"fruitId":"FRUIT","quantity":1}]""", StringComparison.Ordinal)
            .Replace("FRUIT", fruit.FruitId.ToString(), StringComparison.Ordinal)
            .Replace(
                "ADDRESS",
                """{"recipient":"김하나","phone":"010-1234-5678","postalCode":"03045","line1":"서울 종로구 사직로 161"}""",
                StringComparison.Ordinal
            )
            .Replace("TOKEN", Token(), StringComparison.Ordinal);

        using var response = await PostAsync(shopper, json, Guid.NewGuid().ToString());

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, fields is "body" ? [] : fields.Split(' '));
        (await fixture.RowsOfAsync(_account)).ShouldBe(0);
    }

    [Fact]
    public async Task More_than_fifty_items_are_refused()
    {
        using var shopper = fixture.Shopper(_account);

        using var response = await PostAsync(
            shopper,
            OrderOf([.. Enumerable.Range(0, 51).Select(_ => (Guid.CreateVersion7(), 1))])
        );

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "items");
    }

    [Fact]
    public async Task A_fruit_that_was_withdrawn_cannot_be_ordered()
    {
        var fruit = await fixture.ListAsync(Fruit(forSale: false));
        using var shopper = fixture.Shopper(_account);

        using var response = await PostAsync(shopper, OrderOf((fruit.FruitId, 1)));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "items[0].fruitId");
    }

    [Theory]
    [InlineData(2_000_000)]
    [InlineData(long.MaxValue)]
    public async Task A_total_above_a_hundred_million_is_refused(long priceKrw)
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: priceKrw));
        using var shopper = fixture.Shopper(_account);

        using var response = await PostAsync(shopper, OrderOf((fruit.FruitId, 99)));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "items");
        (await fixture.RowsOfAsync(_account)).ShouldBe(0);
    }

    [Fact]
    public async Task A_total_that_the_shopper_did_not_see_is_a_conflict_with_the_new_total()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        using var shopper = fixture.Shopper(_account);
        var order = OrderOf((fruit.FruitId, 2));

        using var stale = await PostAsync(shopper, order with { ExpectedTotalKrw = 35_000 });
        var problem = await stale.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        problem.GetProperty("totalKrw").GetInt64().ShouldBe(36_000);
        (await fixture.RowsOfAsync(_account)).ShouldBe(0);

        using var seen = await PostAsync(shopper, order with { ExpectedTotalKrw = 36_000 });
        await seen.ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task The_newest_price_counts_whatever_order_the_changes_come_in()
    {
        var fruit = await fixture.ListAsync(Fruit(priceKrw: 18_000));
        await fixture.ListAsync(fruit with { PriceKrw = 20_000, Version = 3 });
        await fixture.Events.PublishAsync(
            Contracts.Topics.Catalog,
            fruit.FruitId,
            new FruitChanged(fruit with { PriceKrw = 19_000, Version = 2 })
        );
        // Same key, same partition: once the fruit behind it is known, version 2 has been seen.
        var behind = Guid.CreateVersion7();
        await fixture.Events.PublishAsync(
            Contracts.Topics.Catalog,
            fruit.FruitId,
            new FruitListed(fruit with { FruitId = behind })
        );
        await Eventually.True(async () => await fixture.VersionAsync(behind) == 1);
        using var shopper = fixture.Shopper(_account);

        (await fixture.PlaceAsync(shopper, fruit, 1)).TotalKrw.ShouldBe(20_000);
    }

    [Fact]
    public async Task Nobody_orders_without_a_good_token()
    {
        var body = OrderOf((Guid.CreateVersion7(), 1));
        foreach (
            var token in new[]
            {
                null,
                "nonsense",
                fixture.Authority.ExpiredToken(_account),
                fixture.Authority.ForgedToken(_account),
            }
        )
        {
            using var client = fixture.Service.Client(token);
            using var response = await PostAsync(client, body);
            await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        }

        (await fixture.RowsOfAsync(_account)).ShouldBe(0);
    }

    [Fact]
    public async Task The_payment_token_is_forgotten_with_the_need_for_it()
    {
        using var shopper = fixture.Shopper(_account);
        var placed = await fixture.PlaceAsync(shopper);
        await fixture.CaptureAsync(placed.OrderId);
        await WaitForAsync(shopper, placed.OrderId, OrderStatus.Confirmed);

        (
            await fixture.ExecuteAsync(
                "update orders set asked = asked where id = @OrderId and payment_token is null",
                new { placed.OrderId }
            )
        ).ShouldBe(1);
    }
}
