using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Contracts.Market;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Farm;

/// <summary>What a farm has to ship, by the day on which it is due.</summary>
[Collection(OrderCollection.Name)]
public sealed class ShippingTests(OrderFixture fixture)
{
    private readonly Guid _farm = Guid.CreateVersion7();
    private readonly Guid _otherFarm = Guid.CreateVersion7();

    [Fact]
    public async Task Confirmed_boxes_are_due_by_the_cutoff_and_gone_once_they_left()
    {
        var (apples, pears) = (await fixture.ListAsync(Fruit(_farm)), await fixture.ListAsync(Fruit(_farm)));
        var first = await ConfirmedAsync((apples.FruitId, 2), (pears.FruitId, 1));
        var second = await ConfirmedAsync((apples.FruitId, 3));
        using var farmer = fixture.Farmer(_farm);
        var due = MarketDays.ShipsOn(DateTimeOffset.UtcNow);

        var day = (await ShipmentsAsync(farmer)).ShouldHaveSingleItem();
        day.ShouldBe(new Shipment(due, MarketDays.CutoffOf(due), Orders: 2, Boxes: 6, Late: false));
        var list = await PickListAsync(farmer, due);
        list.TotalOrders.ShouldBe(2);
        list.Orders.Select(order => order.OrderId).ShouldBe([first, second]);
        list.Orders.ShouldAllBe(order => order.Address == Address && order.ToShip && order.ShipsOn == due);
        list.Fruits.Select(fruit => (fruit.FruitId, fruit.Boxes))
            .ShouldBe([(apples.FruitId, 5), (pears.FruitId, 1)], ignoreOrder: true);

        await fixture.ShipAsync(first);
        await Eventually.True(async () => (await ShipmentsAsync(farmer)) is [{ Orders: 1, Boxes: 3 }]);
        (await PickListAsync(farmer, due)).Orders.ShouldHaveSingleItem().OrderId.ShouldBe(second);
        var waiting = await GetAsync<Paged<FarmOrder>>(farmer, $"/farm/orders?shipsOn={due:yyyy-MM-dd}");
        waiting.Items.ShouldHaveSingleItem().OrderId.ShouldBe(second);
        (await GetAsync<Paged<FarmOrder>>(farmer, "/farm/orders")).Total.ShouldBe(2);
    }

    [Fact]
    public async Task An_order_of_two_farms_is_still_to_ship_for_the_one_that_has_not_handed_over()
    {
        var (mine, theirs) = (await fixture.ListAsync(Fruit(_farm)), await fixture.ListAsync(Fruit(_otherFarm)));
        var id = await ConfirmedAsync((mine.FruitId, 1), (theirs.FruitId, 2));
        using var farmer = fixture.Farmer(_farm);
        using var other = fixture.Farmer(_otherFarm);
        (await ShipmentsAsync(farmer)).ShouldHaveSingleItem().Boxes.ShouldBe(1);
        (await ShipmentsAsync(other)).ShouldHaveSingleItem().Boxes.ShouldBe(2);

        await TellAsync(new DeliveryOnRoute(id, Guid.CreateVersion7(), DateTimeOffset.UtcNow, [_otherFarm]));
        await Eventually.True(async () => (await ShipmentsAsync(farmer)).Count == 0);
        (await ShipmentsAsync(other)).ShouldHaveSingleItem().Boxes.ShouldBe(2);
        var due = MarketDays.ShipsOn(DateTimeOffset.UtcNow);
        var order = (await PickListAsync(other, due)).Orders.ShouldHaveSingleItem();
        order.Items.ShouldHaveSingleItem().FruitId.ShouldBe(theirs.FruitId);
        order.DeliveryStatus.ShouldBe("ON_ROUTE");

        await TellAsync(new DeliveryOnRoute(id, Guid.CreateVersion7(), DateTimeOffset.UtcNow));
        await Eventually.True(async () => (await ShipmentsAsync(other)).Count == 0);

        Task TellAsync(object payload) => fixture.Events.PublishAsync(Topics.Delivery, id, payload);
    }

    [Fact]
    public async Task A_day_that_is_over_is_late_and_a_cancelled_order_is_nobodys_work()
    {
        var fruit = await fixture.ListAsync(Fruit(_farm));
        var late = await ConfirmedAsync((fruit.FruitId, 1));
        var cancelled = await ConfirmedAsync((fruit.FruitId, 1));
        await fixture.ExecuteAsync("update orders set ships_on = '2026-01-05' where id = @late", new { late });
        using var admin = fixture.Admin();
        (await CancelAsync(admin, cancelled, "/admin")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var farmer = fixture.Farmer(_farm);

        var day = (await ShipmentsAsync(farmer)).ShouldHaveSingleItem();
        (day.ShipsOn, day.Late, day.Orders).ShouldBe((new DateOnly(2026, 1, 5), true, 1));
    }

    [Fact]
    public async Task Another_farmer_sees_nothing_and_a_shopper_is_refused()
    {
        var fruit = await fixture.ListAsync(Fruit(_farm));
        await ConfirmedAsync((fruit.FruitId, 1));
        var due = MarketDays.ShipsOn(DateTimeOffset.UtcNow);
        using var stranger = fixture.Farmer(Guid.CreateVersion7());
        using var shopper = fixture.Shopper(Guid.CreateVersion7());

        (await ShipmentsAsync(stranger)).ShouldBeEmpty();
        var list = await PickListAsync(stranger, due);
        (list.TotalOrders, list.Orders.Count, list.Fruits.Count).ShouldBe((0, 0, 0));
        (await GetAsync<FarmSales>(stranger, "/farm/sales")).Fruits.ShouldBeEmpty();
        foreach (var path in new[] { "shipments", $"pick-list?shipsOn={due:yyyy-MM-dd}", "sales", "settlements" })
        {
            using var refused = await shopper.GetAsync(new Uri($"/farm/{path}", UriKind.Relative));
            await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData("/farm/pick-list")]
    [InlineData("/farm/pick-list?shipsOn=tomorrow")]
    [InlineData("/farm/pick-list?shipsOn=0001-01-01")]
    [InlineData("/farm/pick-list?shipsOn=9999-12-31")]
    [InlineData("/farm/orders?shipsOn=2026-13-01")]
    [InlineData("/farm/sales?days=0")]
    [InlineData("/farm/sales?days=400")]
    [InlineData("/farm/settlements/2026-13")]
    [InlineData("/farm/settlements/november")]
    public async Task Nonsense_is_refused(string path)
    {
        using var farmer = fixture.Farmer(_farm);
        using var response = await farmer.GetAsync(new Uri(path, UriKind.Relative));
        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Sales_are_counted_by_day_in_Seoul_and_by_fruit_without_what_was_cancelled()
    {
        var (apples, pears) = (
            await fixture.ListAsync(Fruit(_farm, priceKrw: 10_000)),
            await fixture.ListAsync(Fruit(_farm, priceKrw: 50_000))
        );
        var theirs = await fixture.ListAsync(Fruit(_otherFarm));
        await ConfirmedAsync((apples.FruitId, 3), (theirs.FruitId, 5));
        var yesterday = await ConfirmedAsync((pears.FruitId, 1));
        var cancelled = await ConfirmedAsync((pears.FruitId, 9));
        using var admin = fixture.Admin();
        (await CancelAsync(admin, cancelled, "/admin")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var today = MarketDays.DayOf(DateTimeOffset.UtcNow);
        // A minute before midnight in Seoul is yesterday, whatever the day is in UTC.
        var justBefore = MarketDays.StartOf(today).AddMinutes(-1).ToUniversalTime();
        await fixture.ExecuteAsync(
            "update orders set confirmed_at = @justBefore where id = @yesterday",
            new { yesterday, justBefore }
        );
        using var farmer = fixture.Farmer(_farm);

        var sales = await GetAsync<FarmSales>(farmer, "/farm/sales?days=7");
        sales.Days.Select(day => day.Day).ShouldBe(Enumerable.Range(-6, 7).Select(today.AddDays));
        sales.Days[^1].ShouldBe(new SalesDay(today, 1, 3, 30_000));
        sales.Days[^2].ShouldBe(new SalesDay(today.AddDays(-1), 1, 1, 50_000));
        sales.Days.Take(5).ShouldAllBe(day => day.AmountKrw == 0);
        sales
            .Fruits.Select(fruit => (fruit.FruitId, fruit.Boxes, fruit.AmountKrw))
            .ShouldBe([(pears.FruitId, 1, 50_000L), (apples.FruitId, 3, 30_000L)]);
    }

    private async Task<Guid> ConfirmedAsync(params (Guid FruitId, int Quantity)[] items)
    {
        var account = Guid.CreateVersion7();
        using var shopper = fixture.Shopper(account);
        using var response = await PostAsync(shopper, OrderOf(items));
        var id = (await response.ReadAsync<OrderAccepted>()).OrderId;
        await fixture.CaptureAsync(id);
        await fixture.ScheduleAsync(id);
        await WaitForAsync(shopper, id, OrderStatus.Confirmed);
        return id;
    }

    private static Task<IReadOnlyList<Shipment>> ShipmentsAsync(HttpClient farmer) =>
        GetAsync<IReadOnlyList<Shipment>>(farmer, "/farm/shipments");

    private static Task<PickList> PickListAsync(HttpClient farmer, DateOnly day) =>
        GetAsync<PickList>(farmer, $"/farm/pick-list?shipsOn={day:yyyy-MM-dd}");
}
