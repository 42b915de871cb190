namespace Commerce.Messaging.Outbox;

/// <summary>An event to publish: <paramref name="Subject"/> is the aggregate's id and the Kafka key, so order holds per aggregate.</summary>
public sealed record OutgoingEvent(Guid Subject, object Payload)
{
    /// <summary>The event's id (UUIDv7); given so that the caller can keep it, for instance in a timeline.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>W3C traceparent; null means the current activity's, none in <see cref="Untraced"/> work.</summary>
    public string? TraceParent { get; init; }
}
