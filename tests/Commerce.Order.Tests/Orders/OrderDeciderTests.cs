using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Orders;
using static Commerce.Order.Tests.Orders.SagaInputs;

namespace Commerce.Order.Tests.Orders;

public sealed class OrderDeciderTests
{
    private static readonly StockReserved Reserved = Any<StockReserved>();
    private static readonly PaymentCaptured Captured = Any<PaymentCaptured>();
    private static readonly DeliveryScheduled Scheduled = Any<DeliveryScheduled>();
    private static readonly DeliveryOnRoute OnRoute = Any<DeliveryOnRoute>();
    private static readonly DeliveryDelivered Arrived = Any<DeliveryDelivered>();
    private static readonly CancelRequested Cancel = Any<CancelRequested>();

    [Fact]
    public void Stock_then_money_then_delivery_ends_delivered()
    {
        var (order, events) = Run(Reserved, Captured, Scheduled, OnRoute, Arrived);

        order.Status.ShouldBe(OrderStatus.Delivered);
        order.PaymentStatus.ShouldBe("captured");
        order.DeliveryStatus.ShouldBe("DELIVERED");
        order.TrackingNumber.ShouldBe("T-1");
        order.NextCheckAt.ShouldBeNull();
        events.Select(e => e.GetType()).ShouldBe([typeof(OrderConfirmed), typeof(OrderDelivered)]);
    }

    [Fact]
    public void Money_that_is_heard_of_before_the_stock_confirms()
    {
        var (order, events) = Run(Captured, Reserved);

        order.Status.ShouldBe(OrderStatus.Confirmed);
        events.ShouldHaveSingleItem().ShouldBeOfType<OrderConfirmed>();
    }

    [Fact]
    public void A_declined_payment_cancels()
    {
        var (order, events) = Run(Reserved, Any<PaymentDeclined>());

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.PaymentDeclined);
        order.PaymentStatus.ShouldBe("declined");
        events.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>().Reason.ShouldBe(OrderReasons.PaymentDeclined);
    }

    [Fact]
    public void Missing_stock_rejects_with_catalogs_reason()
    {
        var (order, events) = Run(new StockRejected(Guid.Empty, OrderReasons.PriceChanged, null));

        order.Status.ShouldBe(OrderStatus.Rejected);
        order.Reason.ShouldBe(OrderReasons.PriceChanged);
        events.ShouldHaveSingleItem().ShouldBeOfType<OrderRejected>().Reason.ShouldBe(OrderReasons.PriceChanged);
    }

    [Fact]
    public void Late_money_for_a_cancelled_order_is_answered_with_another_cancellation_until_it_is_refunded()
    {
        var (order, events) = Run(Reserved, Cancel, Captured);

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.PaymentStatus.ShouldBe("captured");
        order.NextCheckAt.ShouldNotBeNull();
        events.Count(e => e is OrderCancelled).ShouldBe(2);

        var (again, repeated) = Decider.Decide(order, new DeadlineElapsed(), order.NextCheckAt.Value);
        repeated.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>();
        var (refunded, _) = Decider.Decide(again, Any<PaymentRefunded>(), Start);
        refunded.PaymentStatus.ShouldBe("refunded");
        refunded.NextCheckAt.ShouldBeNull();
    }

    [Fact]
    public void Money_that_went_back_in_a_time_that_a_restore_made_us_forget_stops_the_order_before_it_leaves()
    {
        var (order, events) = Run(Reserved, Captured, Any<PaymentRefunded>());

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.CancelledByAdmin);
        order.NextCheckAt.ShouldBeNull("the money is back already");
        events[^1].ShouldBeOfType<OrderCancelled>();

        var (onItsWay, _) = Run(Reserved, Captured, Scheduled, OnRoute, Any<PaymentRefunded>());
        onItsWay.Status.ShouldBe(OrderStatus.Confirmed, "boxes on the road are a person's affair");
    }

    [Fact]
    public void Money_that_comes_after_the_expiry_is_given_back()
    {
        var order = Placed();
        (order, _) = Decider.Decide(order, Reserved, Start);
        (order, var events) = Decider.Decide(order, Captured, order.ExpiresAt);

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.Expired);
        events.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>();
    }

    [Fact]
    public void Stock_that_catalog_lets_go_takes_a_confirmed_order_back()
    {
        var (order, events) = Run(Reserved, Captured, Any<StockReleased>());

        order.Status.ShouldBe(OrderStatus.Cancelled);
        events.Last().ShouldBeOfType<OrderCancelled>().Reason.ShouldBe(OrderReasons.Expired);
    }

    [Fact]
    public void An_order_can_be_cancelled_until_it_is_on_route()
    {
        Run(Cancel).Order.Status.ShouldBe(OrderStatus.Cancelled);
        Run(Reserved, Cancel).Order.Status.ShouldBe(OrderStatus.Cancelled);
        Run(Reserved, Captured, Cancel).Order.Status.ShouldBe(OrderStatus.Cancelled);
        Run(Reserved, Captured, Scheduled, Cancel).Order.Status.ShouldBe(OrderStatus.Cancelled);
        Run(Reserved, Captured, Scheduled, OnRoute, Cancel).Order.Status.ShouldBe(OrderStatus.Confirmed);
        Run(Reserved, Captured, Scheduled, OnRoute, Arrived, Cancel).Order.Status.ShouldBe(OrderStatus.Delivered);
    }

    [Fact]
    public void Boxes_that_left_after_a_cancellation_change_nothing()
    {
        var (order, events) = Run(Reserved, Captured, Cancel, OnRoute, Arrived);

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.DeliveryStatus.ShouldBeNull();
        events.Select(e => e.GetType()).ShouldBe([typeof(OrderConfirmed), typeof(OrderCancelled)]);
    }

    [Fact]
    public void The_list_of_farms_that_have_not_handed_over_only_gets_shorter()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Run(Captured, Left(first, second)).Order.WaitingFor.ShouldBe([first, second]);
        Run(Captured, Left(first, second), Left(second)).Order.WaitingFor.ShouldBe([second]);
        Run(Captured, Left(first, second), Left(second), Left(first, second)).Order.WaitingFor.ShouldBe([second]);
        Run(Captured, Left(second), OnRoute, Left(second)).Order.WaitingFor.ShouldBeEmpty();
        Run(Captured, Left(second), Arrived, Left(second)).Order.WaitingFor.ShouldBeEmpty();
        Run(Captured, Cancel, Left(second)).Order.WaitingFor.ShouldBeEmpty();

        static DeliveryOnRoute Left(params Guid[] waitingFor) => OnRoute with { WaitingFor = waitingFor };
    }

    [Fact]
    public void Catalog_is_asked_again_three_times_and_then_the_order_expires()
    {
        var order = Placed();
        var asked = new List<DateTimeOffset>();
        while (order.NextCheckAt is { } now)
        {
            (order, var events) = Decider.Decide(order, new DeadlineElapsed(), now);
            asked.AddRange(events.OfType<OrderPlaced>().Select(_ => now));
        }

        asked.ShouldBe([Start.AddSeconds(10), Start.AddSeconds(20), Start.AddSeconds(30)]);
        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Reason.ShouldBe(OrderReasons.Expired);
        order.PaymentToken.ShouldBeNull();
    }

    [Fact]
    public void A_reserved_order_that_nobody_pays_expires_without_asking_catalog_again()
    {
        var (order, _) = Run(Reserved);
        order.NextCheckAt.ShouldBe(order.ExpiresAt);

        var (expired, events) = Decider.Decide(order, new DeadlineElapsed(), order.ExpiresAt);

        expired.Status.ShouldBe(OrderStatus.Cancelled);
        events.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>().Reason.ShouldBe(OrderReasons.Expired);
    }

    [Fact]
    public void A_confirmation_without_delivery_is_repeated_ever_more_rarely()
    {
        var (order, _) = Run(Reserved, Captured);
        var waits = new List<double>();
        var last = Start.AddSeconds(2);
        for (var i = 0; i < 7; i++)
        {
            var now = order.NextCheckAt!.Value;
            waits.Add((now - last).TotalSeconds);
            last = now;
            (order, var events) = Decider.Decide(order, new DeadlineElapsed(), now);
            events.ShouldHaveSingleItem().ShouldBeOfType<OrderConfirmed>();
        }

        waits.ShouldBe([30, 60, 120, 240, 480, 600, 600]);
        Decider.Decide(order, Scheduled, last).Order.NextCheckAt.ShouldBeNull();
    }

    [Fact]
    public void Nothing_happens_before_its_time()
    {
        var order = Placed();
        var (same, events) = Decider.Decide(order, new DeadlineElapsed(), order.NextCheckAt!.Value.AddTicks(-1));

        same.ShouldBe(order);
        events.ShouldBeEmpty();
    }
}
