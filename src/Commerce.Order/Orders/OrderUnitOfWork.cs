using Commerce.Messaging.Consumers;
using Commerce.Messaging.Outbox;

namespace Commerce.Order.Orders;

/// <summary>
/// The orders of one transaction, begun in it or locked by it, and everything that has become of them, until
/// <see cref="OrderStore"/> writes it.
/// </summary>
internal sealed class OrderUnitOfWork(OrderDecider decider, IEnumerable<OrderState> locked, DateTimeOffset now)
{
    private readonly Dictionary<Guid, OrderState> _orders = locked.ToDictionary(order => order.Id);
    private readonly List<NewOrder> _started = [];
    private readonly HashSet<Guid> _changed = [];
    private readonly HashSet<Guid> _voided = [];

    /// <summary>Database time of the decisions, read after the locks were held.</summary>
    public DateTimeOffset Now => now;

    public IReadOnlyCollection<Guid> Changed => _changed;

    public IEnumerable<OrderState> Orders => _changed.Select(id => _orders[id]);

    /// <summary>The state of one of these orders.</summary>
    public OrderState this[Guid orderId] => _orders[orderId];

    /// <summary>Those that ended without delivery in this transaction.</summary>
    public IEnumerable<OrderState> Voided => _voided.Select(id => _orders[id]);

    /// <summary>Those that began in this transaction.</summary>
    public IReadOnlyList<NewOrder> Started => _started;

    public List<TimelineRow> Timeline { get; } = [];

    public List<OutgoingEvent> Outgoing { get; } = [];

    /// <summary>All locked orders, touched or not, as they are now.</summary>
    public IReadOnlyCollection<OrderState> Locked => _orders.Values;

    /// <summary>An order begins, as was decided.</summary>
    public void Start(NewOrder order, Decision decision)
    {
        _started.Add(order);
        _orders.Add(order.Id, decision.Order);
        _changed.Add(order.Id);
        foreach (var payload in decision.Events)
        {
            Publish(order.Id, payload, order.TraceParent);
        }
    }

    /// <summary>An event of another service. Nothing happens when its order is not here.</summary>
    public void Apply(IncomingEvent incoming)
    {
        if (!_orders.ContainsKey(incoming.Subject))
        {
            return;
        }

        Timeline.Add(TimelineRow.From(incoming));
        Apply(incoming.Subject, incoming.Data, incoming.TraceParent);
    }

    /// <summary>A wish or the time. <paramref name="traceParent"/> null: the current activity's.</summary>
    public void Apply(Guid orderId, object input, string? traceParent)
    {
        var before = _orders[orderId];
        var (order, events) = decider.Decide(before, input, now);
        _orders[orderId] = order;
        _changed.Add(orderId);
        if (order.IsVoid && !before.IsVoid)
        {
            _voided.Add(orderId);
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
        Timeline.Add(TimelineRow.Own(outgoing, now, traceParent));
    }
}
