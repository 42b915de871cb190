namespace Commerce.Messaging.Consumers;

/// <summary>An event that arrived.</summary>
/// <param name="Id"><c>ce_id</c>, the inbox key.</param>
/// <param name="Type"><c>ce_type</c>.</param>
/// <param name="Source"><c>ce_source</c>.</param>
/// <param name="Subject"><c>ce_subject</c>: the aggregate's id, also the Kafka key.</param>
/// <param name="Time"><c>ce_time</c>: when it was written to the publisher's outbox.</param>
/// <param name="Data">The event record.</param>
/// <param name="TraceParent">W3C traceparent under which consequences go on; null when nothing is traced.</param>
public sealed record IncomingEvent(
    Guid Id,
    string Type,
    string Source,
    Guid Subject,
    DateTimeOffset Time,
    object Data,
    string? TraceParent
);

/// <summary>An event, and what it is to the handler.</summary>
public readonly record struct IncomingEvent<TInput>(TInput Input, IncomingEvent Event)
    where TInput : class
{
    /// <inheritdoc cref="IncomingEvent.Subject"/>
    public Guid Subject => Event.Subject;

    /// <inheritdoc cref="IncomingEvent.TraceParent"/>
    public string? TraceParent => Event.TraceParent;
}
