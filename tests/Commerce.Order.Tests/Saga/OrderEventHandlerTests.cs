using System.Diagnostics;
using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using StackExchange.Redis;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Saga;

[Collection(OrderCollection.Name)]
public sealed class OrderEventHandlerTests(OrderFixture fixture) : IDisposable
{
    private readonly HttpClient _shopper = fixture.Shopper(Guid.CreateVersion7());

    public void Dispose() => _shopper.Dispose();

    [Fact]
    public async Task An_order_goes_from_placed_to_delivered_and_its_timeline_tells_all()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;

        await fixture.ReserveAsync(id);
        await WaitForAsync(_shopper, id, OrderStatus.StockReserved);
        await fixture.CaptureAsync(id);
        var confirmed = await fixture.Events.WaitForAsync<OrderConfirmed>(id);
        confirmed.TotalKrw.ShouldBe(36_000);
        confirmed.Lines.ShouldHaveSingleItem().Quantity.ShouldBe(2);
        await fixture.ScheduleAsync(id);
        await Eventually.Value(() => GetAsync(_shopper, id), order => order.Delivery.Status == "READY");
        await fixture.ShipAsync(id);
        await Eventually.Value(() => GetAsync(_shopper, id), order => order.Delivery.Status == "ON_ROUTE");
        await fixture.ArriveAsync(id);
        (await fixture.Events.WaitForAsync<OrderDelivered>(id)).Lines.ShouldHaveSingleItem();

        var order = await WaitForAsync(_shopper, id, OrderStatus.Delivered);
        order.Payment.Status.ShouldBe("captured");
        order.Delivery.ShouldBe(new OrderDelivery("DELIVERED", "FM-0001"));
        order.CanCancel.ShouldBeFalse();
        order
            .Timeline.Select(entry => $"{entry.Source}: {entry.Event}")
            .ShouldBe([
                "order: order.placed",
                "catalog: stock.reserved",
                "payment: payment.captured",
                "order: order.confirmed",
                "delivery: delivery.scheduled",
                "delivery: delivery.on-route",
                "delivery: delivery.delivered",
                "order: order.delivered",
            ]);
        order.Timeline.Single(entry => entry.Event == "payment.captured").Detail.ShouldBe("36000 KRW");
    }

    [Fact]
    public async Task An_event_that_comes_twice_counts_once()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        var captured = new PaymentCaptured(id, Guid.CreateVersion7(), "key", 36_000, DateTimeOffset.UtcNow);
        var eventId = await fixture.Events.PublishAsync(Topics.Payment, id, captured);
        await fixture.Events.PublishAsync(Topics.Payment, id, captured, eventId);
        // Payment answers again under a new id when it is asked again: still the same fact.
        await fixture.Events.PublishAsync(Topics.Payment, id, captured);
        // Too late to count. Same topic and key, so it comes after the others.
        var declined = new PaymentDeclined(id, captured.PaymentId, "REJECT_CARD_PAYMENT", "");
        await fixture.Events.PublishAsync(Topics.Payment, id, declined);
        var order = await Eventually.Value(
            () => GetAsync(_shopper, id),
            order => order.Timeline.Any(e => e.Event == "payment.declined")
        );

        order.Status.ShouldBe(OrderStatus.Confirmed);
        order.Timeline.Count(e => e.Event == "payment.captured").ShouldBe(1);
        order.Timeline.Count(e => e.Event == "order.confirmed").ShouldBe(1);
        fixture.Events.Of<OrderConfirmed>(id).Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task An_answer_that_its_repetition_overtook_counts_from_when_it_was_given()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        var first = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var reserved = new StockReserved(id, first.AddMinutes(1));
        await fixture.Events.PublishAsync(Topics.Catalog, id, reserved, at: first.AddSeconds(8));
        await WaitForAsync(_shopper, id, OrderStatus.StockReserved);

        await fixture.Events.PublishAsync(Topics.Catalog, id, reserved, at: first);

        await Eventually.True(async () =>
            (await GetAsync(_shopper, id)).Timeline.Single(e => e.Event == "stock.reserved").At == first
        );
    }

    [Fact]
    public async Task A_declined_card_cancels_the_order()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.ReserveAsync(id);
        await fixture.Events.PublishAsync(
            Topics.Payment,
            id,
            new PaymentDeclined(id, Guid.CreateVersion7(), "REJECT_CARD_PAYMENT", "declined")
        );

        (await fixture.Events.WaitForAsync<OrderCancelled>(id)).Reason.ShouldBe(OrderReasons.PaymentDeclined);
        var order = await WaitForAsync(_shopper, id, OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.PaymentDeclined);
        order.Payment.Status.ShouldBe("declined");
        order.Timeline.Single(e => e.Event == "payment.declined").Detail.ShouldBe("REJECT_CARD_PAYMENT");
    }

    [Fact]
    public async Task Missing_stock_rejects_the_order()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.Events.PublishAsync(
            Topics.Catalog,
            id,
            new StockRejected(id, OrderReasons.OutOfStock, Guid.CreateVersion7())
        );

        (await fixture.Events.WaitForAsync<OrderRejected>(id)).Reason.ShouldBe(OrderReasons.OutOfStock);
        (await WaitForAsync(_shopper, id, OrderStatus.Rejected)).Reason.ShouldBe(OrderReasons.OutOfStock);
        using var cancel = await CancelAsync(_shopper, id);
        await cancel.ShouldBeProblemAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Late_money_is_answered_with_another_cancellation_and_shown_refunded()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        using var cancel = await CancelAsync(_shopper, id);
        await cancel.ShouldBeAsync(HttpStatusCode.NoContent);
        await fixture.CaptureAsync(id);

        await Eventually.True(() => fixture.Events.Of<OrderCancelled>(id).Count == 2);
        await fixture.Events.PublishAsync(
            Topics.Payment,
            id,
            new PaymentRefunded(id, Guid.CreateVersion7(), 36_000, DateTimeOffset.UtcNow)
        );

        var order = await Eventually.Value(() => GetAsync(_shopper, id), order => order.Payment.Status == "refunded");
        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.CancelledByShopper);
        fixture.Events.Of<OrderConfirmed>(id).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_reservation_of_a_cancelled_order_is_released()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        using var cancel = await CancelAsync(_shopper, id);
        await fixture.ReserveAsync(id);

        await Eventually.True(() => fixture.Events.Of<OrderCancelled>(id).Count == 2);
    }

    [Fact]
    public async Task An_order_can_be_cancelled_until_it_is_on_route()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.CaptureAsync(id);
        await fixture.ScheduleAsync(id);
        (
            await Eventually.Value(() => GetAsync(_shopper, id), order => order.Delivery.Status == "READY")
        ).CanCancel.ShouldBeTrue();
        await fixture.ShipAsync(id);
        (
            await Eventually.Value(() => GetAsync(_shopper, id), order => order.Delivery.Status == "ON_ROUTE")
        ).CanCancel.ShouldBeFalse();

        using var late = await CancelAsync(_shopper, id);

        await late.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        (await GetAsync(_shopper, id)).Status.ShouldBe(OrderStatus.Confirmed);
    }

    [Fact]
    public async Task Cancelling_twice_cancels_once()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;

        using var first = await CancelAsync(_shopper, id);
        using var second = await CancelAsync(_shopper, id);

        await first.ShouldBeAsync(HttpStatusCode.NoContent);
        await second.ShouldBeAsync(HttpStatusCode.NoContent);
        (await GetAsync(_shopper, id)).Timeline.Count(e => e.Event == "order.cancelled").ShouldBe(1);
    }

    [Fact]
    public async Task An_admin_cancels_any_order_and_sees_its_trace()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await fixture.Events.PublishAsync(
            Topics.Catalog,
            id,
            new StockReserved(id, DateTimeOffset.UtcNow),
            traceParent: Trace
        );
        await WaitForAsync(_shopper, id, OrderStatus.StockReserved);
        using var admin = fixture.Admin();

        using var cancel = await CancelAsync(admin, id, "/admin");

        await cancel.ShouldBeAsync(HttpStatusCode.NoContent);
        var order = await GetAsync(admin, id);
        order.Reason.ShouldBe(OrderReasons.CancelledByAdmin);
        order.Timeline.Single(e => e.Event == "stock.reserved").TraceId.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        (await GetAsync(_shopper, id)).Timeline.ShouldAllBe(e => e.TraceId == null);
    }

    [Fact]
    public async Task Events_about_orders_that_are_not_here_hold_nothing_up()
    {
        await fixture.CaptureAsync(Guid.CreateVersion7());
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.CaptureAsync(id);

        await WaitForAsync(_shopper, id, OrderStatus.Confirmed);
    }

    [Fact]
    public async Task Open_pages_are_told_that_an_order_changed()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(fixture.Infrastructure.Redis.ConnectionString);
        var told = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await redis
            .GetSubscriber()
            .SubscribeAsync(RedisChannel.Literal("orders"), (_, message) => told.Enqueue(message!));
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.CaptureAsync(id);

        await Eventually.True(() => told.Count(message => message == id.ToString()) == 2);
    }

    [Fact]
    public async Task A_frozen_Redis_does_not_hold_up_the_orders_behind_those_whose_boxes_go_back()
    {
        var fruit = await fixture.ListAsync(Fruit());
        var soldOut = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            soldOut.Add((await fixture.PlaceAsync(_shopper, fruit)).OrderId);
        }

        var next = (await fixture.PlaceAsync(_shopper, fruit)).OrderId;
        var started = Stopwatch.GetTimestamp();
        using (new Frozen(fixture.Infrastructure.Redis))
        {
            foreach (var order in soldOut)
            {
                await fixture.Events.PublishAsync(
                    Topics.Catalog,
                    order,
                    new StockRejected(order, OrderReasons.OutOfStock, fruit.FruitId)
                );
            }

            foreach (var order in soldOut)
            {
                await WaitForAsync(_shopper, order, OrderStatus.Rejected);
            }

            await fixture.CaptureAsync(next);
            await WaitForAsync(_shopper, next, OrderStatus.Confirmed);
            // One second for each order was what it took once.
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(6));
        }

        await Eventually.Holds(async () =>
        {
            using var back = await PutCartAsync(_shopper, fruit.FruitId, 1);
            await back.ShouldBeAsync(HttpStatusCode.OK);
        });
    }
}
