using Commerce.Messaging.Consumers;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Telemetry;

namespace Commerce.Order.Orders;

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
)
{
    private const string OwnSource = "order";

    /// <summary>The row for an event of another service.</summary>
    public static TimelineRow From(IncomingEvent incoming) =>
        new(
            incoming.Id,
            incoming.Subject,
            incoming.Time,
            TimelineText.Name(incoming.Data),
            TimelineText.Source(incoming.Source),
            TimelineText.Detail(incoming.Data),
            incoming.TraceParent,
            TimelineText.Payload(incoming.Data)
        );

    /// <summary>The row for an event that this service publishes.</summary>
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
