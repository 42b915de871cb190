using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;

namespace Commerce.Delivery.Shipping;

internal static class DeliveryStatus
{
    public const string Ready = "READY";
    public const string OnRoute = "ON_ROUTE";
    public const string Delivered = "DELIVERED";
    public const string Cancelled = "CANCELLED";
}

/// <summary>A delivery that was scheduled, as far as events tell of it.</summary>
internal sealed record DeliveryRow
{
    public required Guid OrderId { get; init; }
    public required Guid DeliveryId { get; init; }
    public required string Status { get; init; }
    public required string TrackingNumber { get; init; }
    public required DateTimeOffset ScheduledAt { get; init; }
    public DateTimeOffset? OnRouteAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Farms that hand over themselves and have not yet.</summary>
    public Guid[] WaitingFor { get; init; } = [];
    public string? TraceParent { get; init; }

    /// <summary>The columns, of the table under the name <c>d</c>.</summary>
    public const string Columns = """
        d.order_id, d.delivery_id, d.status, d.tracking_number, d.scheduled_at, d.on_route_at, d.delivered_at,
        d.updated_at, d.waiting_for, d.trace_parent
        """;

    private Guid[]? StillWaitingFor => WaitingFor.Length == 0 ? null : WaitingFor;

    public Contracts.Api.Delivery View() =>
        new(OrderId, Status, TrackingNumber, ScheduledAt, UpdatedAt, StillWaitingFor);

    /// <summary>The event of the step that was taken last.</summary>
    public OutgoingEvent LastStep() =>
        Step(
            (OnRouteAt, DeliveredAt) switch
            {
                (_, { } at) => new DeliveryDelivered(OrderId, DeliveryId, at),
                ({ } at, _) => new DeliveryOnRoute(OrderId, DeliveryId, at, StillWaitingFor),
                _ => new DeliveryScheduled(OrderId, DeliveryId, TrackingNumber, ScheduledAt),
            }
        );

    /// <summary>All that happened so far, for someone who asks again.</summary>
    public IEnumerable<OutgoingEvent> AllSteps()
    {
        yield return Step(new DeliveryScheduled(OrderId, DeliveryId, TrackingNumber, ScheduledAt));
        if (OnRouteAt is { } onRoute)
        {
            yield return Step(new DeliveryOnRoute(OrderId, DeliveryId, onRoute, StillWaitingFor));
        }

        if (DeliveredAt is { } delivered)
        {
            yield return Step(new DeliveryDelivered(OrderId, DeliveryId, delivered));
        }
    }

    private OutgoingEvent Step(object payload) => new(OrderId, payload) { TraceParent = TraceParent };
}
