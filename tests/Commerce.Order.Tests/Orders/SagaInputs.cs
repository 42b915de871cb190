using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Orders;

namespace Commerce.Order.Tests.Orders;

/// <summary>An order to decide about, and everything that can happen to it.</summary>
internal static class SagaInputs
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    public static readonly OrderOptions Options = new();
    public static readonly OrderDecider Decider = new(Options);

    private static readonly Guid OrderId = Guid.CreateVersion7();

    /// <summary>Each kind of input once; a random walk picks by index.</summary>
    public static readonly IReadOnlyList<object> All =
    [
        new StockReserved(OrderId, Start),
        new StockRejected(OrderId, OrderReasons.OutOfStock, null),
        new StockReleased(OrderId),
        new PaymentCaptured(OrderId, Guid.Empty, "key", 36_000, Start),
        new PaymentDeclined(OrderId, Guid.Empty, "REJECT_CARD_PAYMENT", "declined"),
        new PaymentRefunded(OrderId, Guid.Empty, 36_000, Start),
        new DeliveryScheduled(OrderId, Guid.Empty, "T-1", Start),
        new DeliveryOnRoute(OrderId, Guid.Empty, Start),
        new DeliveryDelivered(OrderId, Guid.Empty, Start),
        new CancelRequested(OrderReasons.CancelledByShopper),
        new RefundRequested("무른 사과가 왔어요"),
        new DeadlineElapsed(),
    ];

    public static T Any<T>() => All.OfType<T>().Single();

    public static OrderState Placed() => Begin().Order;

    /// <summary>How the order begins.</summary>
    public static Decision Begin() =>
        Decider.Start(
            new NewOrder(
                OrderId,
                Guid.CreateVersion7(),
                [
                    new NewOrderLine(
                        Guid.CreateVersion7(),
                        Guid.CreateVersion7(),
                        "사과",
                        "Apple",
                        "농원",
                        "/a.svg",
                        2,
                        18_000
                    ),
                ],
                36_000,
                new ShippingAddress("김민수", "010-1234-5678", "04524", "세종대로 110", null),
                "tok_000000000000000000000000",
                TraceParent: null
            ),
            Start
        );

    /// <summary>Runs inputs one second apart and returns the order and all events published on the way.</summary>
    public static (OrderState Order, List<object> Events) Run(params object[] inputs)
    {
        var order = Placed();
        var published = new List<object>();
        var now = Start;
        foreach (var input in inputs)
        {
            now += TimeSpan.FromSeconds(1);
            (order, var events) = Decider.Decide(order, input, now);
            published.AddRange(events);
        }

        return (order, published);
    }
}
