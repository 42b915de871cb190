using Commerce.Contracts.Events;

namespace Commerce.Delivery.Tests.Shipping;

public sealed class CarrierSimulatorTests(ByTimeFixture delivery) : IClassFixture<ByTimeFixture>
{
    [Fact]
    public async Task Time_brings_the_boxes_to_the_shopper_under_the_orders_trace()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);

        var delivered = await delivery.Events.WaitForAsync<DeliveryDelivered>(order.Id);
        var scheduled = delivery.Events.Of<DeliveryScheduled>(order.Id).ShouldHaveSingleItem();
        var onRoute = delivery.Events.Of<DeliveryOnRoute>(order.Id).ShouldHaveSingleItem();
        (onRoute.At - scheduled.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (delivered.At - onRoute.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (await delivery.GetAsync(order)).Status.ShouldBe("DELIVERED");
        var seen = delivery.Events.Seen.Where(e => e.Subject == order.Id && e.Topic == "commerce.delivery").ToList();
        seen.Count.ShouldBe(3);
        seen.ShouldAllBe(e => e.Headers["traceparent"].Contains(order.TraceId));
    }

    [Fact]
    public async Task Two_replicas_take_each_step_of_many_deliveries_once()
    {
        await using var replica = delivery.StartReplica();
        var orders = Enumerable.Range(0, 300).Select(_ => new TestOrder()).ToList();
        await Task.WhenAll(orders.Select(order => delivery.TellAsync(order, order.Confirmed)));

        foreach (var order in orders)
        {
            await delivery.WaitForAsync(order, "DELIVERED");
            (await delivery.WrittenAsync(order)).ShouldBe(["scheduled", "on-route", "delivered"]);
        }
    }
}

public sealed class CancelledBeforeItsTimeTests(ByHandFixture delivery) : IClassFixture<ByHandFixture>
{
    [Fact]
    public async Task A_cancelled_delivery_is_not_moved_by_time()
    {
        var cancelled = new TestOrder();
        await delivery.TellAsync(cancelled, cancelled.Confirmed);
        await delivery.WaitForAsync(cancelled, "READY");
        await delivery.TellAsync(cancelled, cancelled.Cancelled);
        await delivery.WaitForAsync(cancelled, "CANCELLED");
        var other = new TestOrder();
        await delivery.TellAsync(other, other.Confirmed);
        await delivery.WaitForAsync(other, "READY");

        // Time begins only now: with a clock that ran all along, a partition that changes hands could hold the cancellation back
        // until the boxes have arrived.
        await using var clock = delivery.StartReplica(ByTimeFixture.FastClock);

        await delivery.WaitForAsync(other, "DELIVERED");
        (await delivery.WrittenAsync(cancelled)).ShouldBe(["scheduled"]);
    }
}
