using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Orders;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Order.Tests.Orders.SagaInputs;

namespace Commerce.Order.Tests.Orders;

/// <summary>What holds whatever happens, in whatever order, however often: 200,000 random histories of up to 30 inputs.</summary>
public sealed class OrderDeciderProperties
{
    private const int Histories = 200_000;

    /// <summary>An input by its index in <see cref="All"/>, and the seconds since the one before.</summary>
    private static readonly Arbitrary<(int Kind, int Seconds)[]> History = Gen.Choose(0, All.Count - 1)
        .Zip(Gen.Frequency((8, Gen.Choose(0, 3)), (2, Gen.Choose(5, 90))))
        .ArrayOf()
        .Resize(30)
        .ToArbitrary();

    [Fact]
    public void Every_history_keeps_the_rules() =>
        Prop.ForAll(History, history => Walk(history))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories).WithQuietOnSuccess(true));

    [Fact]
    public void Happy_events_end_delivered_in_any_order_and_however_often_they_come()
    {
        object[] happy =
        [
            Any<StockReserved>(),
            Any<PaymentCaptured>(),
            Any<DeliveryScheduled>(),
            Any<DeliveryOnRoute>(),
            Any<DeliveryDelivered>(),
        ];
        var orders = Gen.Shuffle([.. happy, .. happy]).ToArbitrary();

        Prop.ForAll(
                orders,
                inputs =>
                {
                    var (order, events) = Run(inputs);
                    order.Status.ShouldBe(OrderStatus.Delivered);
                    order.DeliveryStatus.ShouldBe(DeliveryStates.Delivered);
                    order.TrackingNumber.ShouldBe("T-1");
                    events.Select(e => e.GetType()).ShouldBe([typeof(OrderConfirmed), typeof(OrderDelivered)]);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));
    }

    private static void Walk((int Kind, int Seconds)[] history)
    {
        var order = Placed();
        var now = Start;
        var seen = new HashSet<Type>();
        var published = new Dictionary<Type, int>();
        foreach (var (kind, seconds) in history)
        {
            var input = All[kind];
            now += TimeSpan.FromSeconds(seconds);
            seen.Add(input.GetType());
            var (next, events) = Decider.Decide(order, input, now);
            foreach (var payload in events)
            {
                published[payload.GetType()] = published.GetValueOrDefault(payload.GetType()) + 1;
            }

            Check(order, input, next, events, now);
            CheckTransition(order, next, events, now, seen);
            order = next;
        }

        published.GetValueOrDefault(typeof(OrderPlaced)).ShouldBeLessThanOrEqualTo(Options.MaxReservationRetries);
        published.GetValueOrDefault(typeof(OrderRejected)).ShouldBeLessThanOrEqualTo(1);
        published.GetValueOrDefault(typeof(OrderDelivered)).ShouldBeLessThanOrEqualTo(1);
    }

    private static void Check(
        OrderState before,
        object input,
        OrderState after,
        IReadOnlyList<object> events,
        DateTimeOffset now
    )
    {
        if (before.IsVoid || before.Status is OrderStatus.Delivered)
        {
            after.Status.ShouldBe(before.Status);
            after.Reason.ShouldBe(before.Reason);
        }

        if (before.IsVoid && input is StockReserved or PaymentCaptured or DeliveryScheduled)
        {
            events.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>().Reason.ShouldBe(before.Reason);
        }

        foreach (var payload in events)
        {
            var allowed = payload switch
            {
                OrderPlaced placed => after.Status is OrderStatus.Placed && placed.PaymentToken.Length > 0,
                OrderConfirmed => after.Status is OrderStatus.Confirmed or OrderStatus.Delivered,
                OrderDelivered => after.Status is OrderStatus.Delivered,
                OrderCancelled => after.IsVoid,
                OrderRejected => after.Status is OrderStatus.Rejected,
                OrderRefundRequested refund => after.AwaitsRefund && refund.Reason == after.RefundReason,
                _ => false,
            };
            allowed.ShouldBeTrue($"{payload.GetType().Name} of an order that is {after.Status}");
        }

        // Nothing that waits is forgotten, and a token is kept exactly as long as somebody may have to be asked with it.
        (after.PaymentToken is not null).ShouldBe(after.IsOpen);
        if (after.IsOpen)
        {
            after.NextCheckAt.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(after.ExpiresAt);
        }

        if (input is DeadlineElapsed)
        {
            (after.NextCheckAt is null || after.NextCheckAt > now).ShouldBeTrue(
                "the sweeper would take it again at once"
            );
        }

        // Only delivered orders are given back, their money is asked for until it is there, and the reason stays.
        (after.RefundReason is null || after.Status is OrderStatus.Delivered).ShouldBeTrue();
        if (after.AwaitsRefund)
        {
            after.NextCheckAt.ShouldNotBeNull();
        }

        if (before.RefundReason is not null)
        {
            after.RefundReason.ShouldBe(before.RefundReason);
        }
        else if (after.RefundReason is not null)
        {
            input.ShouldBeOfType<RefundRequested>();
            before.CanRefund.ShouldBeTrue();
            events.ShouldHaveSingleItem().ShouldBeOfType<OrderRefundRequested>();
        }

        // Heard again at the same moment, it changes nothing more.
        Decider.Decide(after, input, now).Order.ShouldBe(after);
    }

    private static void CheckTransition(
        OrderState before,
        OrderState after,
        IReadOnlyList<object> events,
        DateTimeOffset now,
        HashSet<Type> seen
    )
    {
        if (before.Status == after.Status)
        {
            return;
        }

        switch (after.Status)
        {
            case OrderStatus.Confirmed:
                before.IsOpen.ShouldBeTrue();
                seen.ShouldContain(typeof(PaymentCaptured));
                now.ShouldBeLessThan(after.ExpiresAt);
                events.ShouldHaveSingleItem().ShouldBeOfType<OrderConfirmed>();
                break;
            case OrderStatus.Delivered:
                seen.ShouldContain(typeof(PaymentCaptured));
                seen.ShouldContain(typeof(DeliveryDelivered));
                events[^1].ShouldBeOfType<OrderDelivered>();
                break;
            case OrderStatus.Rejected:
                before.Status.ShouldBe(OrderStatus.Placed);
                events.ShouldHaveSingleItem().ShouldBeOfType<OrderRejected>();
                break;
            case OrderStatus.Cancelled:
                (before.CanCancel || before.IsOpen).ShouldBeTrue();
                events.ShouldHaveSingleItem().ShouldBeOfType<OrderCancelled>();
                break;
            case OrderStatus.StockReserved:
                before.Status.ShouldBe(OrderStatus.Placed);
                events.ShouldBeEmpty();
                break;
            default:
                throw new InvalidOperationException($"{before.Status} became {after.Status}");
        }
    }
}
