using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Messaging;

namespace Commerce.Order.Saga;

/// <summary>One row of the timeline.</summary>
internal sealed record TimelineRow(
    Guid EventId,
    Guid OrderId,
    DateTimeOffset At,
    string Event,
    string Source,
    string? Detail,
    string? TraceParent,
    string Payload
);

/// <summary>Locked orders of one transaction and everything that has become of them, until <see cref="OrderStore"/> writes it.</summary>
internal sealed class OrderChanges(OrderDecider decider, IEnumerable<OrderState> locked, DateTimeOffset now)
{
    private const string OwnSource = "order";
    private readonly Dictionary<Guid, OrderState> _orders = locked.ToDictionary(order => order.Id);
    private readonly HashSet<Guid> _touched = [];
    private readonly HashSet<Guid> _ended = [];

    /// <summary>Database time of the decisions, read after the locks were held.</summary>
    public DateTimeOffset Now => now;

    public IReadOnlyCollection<Guid> Touched => _touched;

    public IEnumerable<OrderState> Orders => _touched.Select(id => _orders[id]);

    /// <summary>Those that ended without delivery in this transaction.</summary>
    public IEnumerable<OrderState> Ended => _ended.Select(id => _orders[id]);

    public List<TimelineRow> Timeline { get; } = [];

    public List<OutgoingEvent> Outgoing { get; } = [];

    /// <summary>All locked orders, touched or not, as they are now.</summary>
    public IReadOnlyCollection<OrderState> Locked => _orders.Values;

    /// <summary>An event of another service. Nothing happens when its order is not here.</summary>
    public void Apply(IncomingEvent incoming)
    {
        if (!_orders.ContainsKey(incoming.Subject))
        {
            return;
        }

        Timeline.Add(
            new TimelineRow(
                incoming.Id,
                incoming.Subject,
                incoming.Time,
                TimelineText.Name(incoming.Data),
                TimelineText.Source(incoming.Source),
                TimelineText.Detail(incoming.Data),
                incoming.TraceParent,
                TimelineText.Payload(incoming.Data)
            )
        );
        Apply(incoming.Subject, incoming.Data, incoming.TraceParent);
    }

    /// <summary>A wish or the time. <paramref name="traceParent"/> null: the current activity's.</summary>
    public void Apply(Guid orderId, object input, string? traceParent)
    {
        var before = _orders[orderId];
        var (order, events) = decider.Decide(before, input, now);
        _orders[orderId] = order;
        _touched.Add(orderId);
        if (order.IsDead && !before.IsDead)
        {
            _ended.Add(orderId);
        }

        foreach (var payload in events)
        {
            Publish(orderId, payload, traceParent);
        }
    }

    private void Publish(Guid orderId, object payload, string? traceParent)
    {
        var outgoing = new OutgoingEvent(orderId, payload) { TraceParent = traceParent };
        Outgoing.Add(outgoing);
        Timeline.Add(Own(outgoing, now, traceParent));
    }

    /// <summary>The timeline's row for an event that this service publishes.</summary>
    public static TimelineRow Own(OutgoingEvent outgoing, DateTimeOffset at, string? traceParent) =>
        new(
            outgoing.Id,
            outgoing.Subject,
            at,
            TimelineText.Name(outgoing.Payload),
            OwnSource,
            TimelineText.Detail(outgoing.Payload),
            traceParent ?? Untraced.CurrentTraceParent,
            TimelineText.Payload(outgoing.Payload)
        );
}

/// <summary>How events read in a timeline: short words that the storefront translates. No token, address or phone.</summary>
internal static class TimelineText
{
    private const string Hidden = "•••";

    /// <summary><c>commerce.order.placed.v1</c> → <c>order.placed</c>.</summary>
    public static string Name(object payload) => Name(payload.GetType());

    public static string NameOf<TEvent>() => Name(typeof(TEvent));

    private static string Name(Type payload)
    {
        var type = EventTypes.Names[payload];
        return type[(type.IndexOf('.') + 1)..type.LastIndexOf('.')];
    }

    /// <summary><c>/commerce/payment</c> → <c>payment</c>.</summary>
    public static string Source(string source) => source[(source.LastIndexOf('/') + 1)..];

    public static string? Detail(object payload) =>
        payload switch
        {
            OrderRejected rejected => rejected.Reason,
            OrderCancelled cancelled => cancelled.Reason,
            OrderRefundRequested refund => refund.Reason,
            StockRejected rejected => rejected.Reason,
            PaymentCaptured captured => $"{captured.AmountKrw} KRW",
            PaymentDeclined declined => declined.Code,
            PaymentRefunded refunded => $"{refunded.AmountKrw} KRW",
            DeliveryScheduled scheduled => scheduled.TrackingNumber,
            _ => null,
        };

    /// <summary>The event as JSON for admins: as it was published, but for what pays.</summary>
    public static string Payload(object payload) =>
        JsonSerializer.Serialize(
            payload switch
            {
                OrderPlaced placed => placed with { PaymentToken = Hidden },
                PaymentCaptured captured => captured with { PaymentKey = Hidden },
                _ => payload,
            },
            payload.GetType(),
            ContractsJson.Default
        );

    /// <summary>The trace id of a W3C traceparent; null when there is none.</summary>
    public static string? TraceId(string? traceParent) =>
        System.Diagnostics.ActivityContext.TryParse(traceParent, null, out var context)
            ? context.TraceId.ToHexString()
            : null;
}
