using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Saga;

public sealed class OrderSweeperTests(HastyOrderFixture fixture) : IClassFixture<HastyOrderFixture>, IDisposable
{
    private readonly HttpClient _shopper = fixture.Shopper(Guid.CreateVersion7());

    public void Dispose() => _shopper.Dispose();

    [Fact]
    public async Task Catalog_is_asked_again_and_then_the_order_expires()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;

        var order = await WaitForAsync(_shopper, id, OrderStatus.Cancelled);

        order.Reason.ShouldBe(OrderReasons.Expired);
        await fixture.Events.WaitForAsync<OrderCancelled>(id);
        var asked = fixture.Events.Of<OrderPlaced>(id);
        asked.Count.ShouldBeInRange(2, 4);
        asked.Distinct(new SameQuestion()).Count().ShouldBe(1);
        var timeline = order.Timeline.Select(e => e.Event).ToList();
        timeline.ShouldBe([.. Enumerable.Repeat("order.placed", timeline.Count - 1), "order.cancelled"]);
    }

    [Fact]
    public async Task A_reserved_order_that_nobody_pays_expires()
    {
        var id = await PlaceWithTimeAsync();
        await fixture.ReserveAsync(id);
        await WaitForAsync(_shopper, id, OrderStatus.StockReserved);
        await fixture.ExpireInAsync(id, TimeSpan.Zero);

        (await WaitForAsync(_shopper, id, OrderStatus.Cancelled)).Reason.ShouldBe(OrderReasons.Expired);
        (await fixture.Events.WaitForAsync<OrderCancelled>(id)).Reason.ShouldBe(OrderReasons.Expired);
    }

    [Fact]
    public async Task Delivery_is_told_again_until_it_has_the_order()
    {
        var id = await PlaceWithTimeAsync();
        await fixture.CaptureAsync(id);
        await Eventually.True(() => fixture.Events.Of<OrderConfirmed>(id).Count >= 2);
        await fixture.ScheduleAsync(id);

        await Eventually.Value(() => GetAsync(_shopper, id), order => order.Delivery.Status == "READY");

        (await GetAsync(_shopper, id)).Status.ShouldBe(OrderStatus.Confirmed);
    }

    [Fact]
    public async Task Payment_is_told_again_until_the_money_is_back()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        using var cancel = await CancelAsync(_shopper, id);
        await fixture.CaptureAsync(id);

        await Eventually.True(() => fixture.Events.Of<OrderCancelled>(id).Count >= 3);
    }

    [Fact]
    public async Task Two_replicas_sweep_each_order_once()
    {
        fixture.StartReplica();
        var ids = new List<Guid>();
        var fruit = await fixture.ListAsync(Fruit());
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await fixture.PlaceAsync(_shopper, fruit)).OrderId);
        }

        foreach (var id in ids)
        {
            var order = await WaitForAsync(_shopper, id, OrderStatus.Cancelled);
            order.Timeline.Count(e => e.Event == "order.placed").ShouldBeInRange(1, 4);
            order.Timeline.Count(e => e.Event == "order.cancelled").ShouldBe(1);
        }
    }

    private async Task<Guid> PlaceWithTimeAsync()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.ExpireInAsync(id, TimeSpan.FromHours(1));
        return id;
    }

    /// <summary>Lines are a list, which records compare by reference.</summary>
    private sealed class SameQuestion : IEqualityComparer<OrderPlaced>
    {
        public bool Equals(OrderPlaced? x, OrderPlaced? y) =>
            x! with { Lines = [] } == y! with { Lines = [] } && x.Lines.SequenceEqual(y.Lines);

        public int GetHashCode(OrderPlaced obj) => obj.OrderId.GetHashCode();
    }
}
