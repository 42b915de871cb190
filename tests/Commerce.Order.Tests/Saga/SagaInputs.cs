using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Saga;

namespace Commerce.Order.Tests.Saga;

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
        new TimePassed(),
    ];

    public static T Any<T>() => All.OfType<T>().Single();

    public static OrderState Placed() =>
        new()
        {
            Id = OrderId,
            AccountId = Guid.CreateVersion7(),
            Status = OrderStatus.Placed,
            TotalKrw = 36_000,
            Lines = [new OrderLine(Guid.CreateVersion7(), Guid.CreateVersion7(), 2, 18_000)],
            PaymentToken = "tok_000000000000000000000000",
            PlacedAt = Start,
            ExpiresAt = Start + Options.Expiry,
            NextCheckAt = Decider.FirstCheck(Start, Start + Options.Expiry),
        };

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
