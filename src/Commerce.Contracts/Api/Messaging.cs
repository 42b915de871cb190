namespace Commerce.Contracts.Api;

/// <summary>GET /messaging of any service (admin).</summary>
public sealed record MessagingStatus(
    RelayStatus Relay,
    IReadOnlyList<ConsumerStatus> Consumers,
    long DeadLetters,
    long Retrying
);

/// <summary>The outbox relay. <paramref name="LagBytes"/>: WAL that the relay has not confirmed yet.</summary>
/// <param name="State"><c>streaming standby connecting stopped</c>.</param>
/// <param name="SlotBytes">WAL that the server keeps for the slot; −1 when there is none.</param>
public sealed record RelayStatus(
    string State,
    string Slot,
    long LagBytes,
    long InFlight,
    long Published,
    DateTimeOffset? LastPublishedAt,
    long Epoch,
    long SlotBytes = -1
);

/// <summary>A consumer on one topic. <paramref name="Lag"/> in messages over all its partitions; −1 when the broker does not say.</summary>
/// <param name="EventTypes">The <c>ce_type</c> of every event that the consumer takes, whatever its topic. Others it passes over.</param>
public sealed record ConsumerStatus(
    string Name,
    string Topic,
    int Partitions,
    long Lag,
    long Handled,
    DateTimeOffset? LastHandledAt,
    IReadOnlyList<string> EventTypes
);

/// <summary>GET /dead-letters?state=&amp;type= (admin).</summary>
/// <param name="Id">Of the dead letter; <paramref name="EventId"/> is the event's.</param>
/// <param name="DiscardedAt">When an admin put it away for good; by whom and why stand beside it.</param>
public sealed record DeadLetter(
    Guid Id,
    string Consumer,
    string Topic,
    string EventType,
    string Subject,
    int Attempts,
    string Error,
    string Payload,
    DateTimeOffset FailedAt,
    DateTimeOffset? RedrivenAt,
    Guid? EventId = null,
    int Partition = 0,
    long Offset = 0,
    IReadOnlyDictionary<string, string>? Headers = null,
    DateTimeOffset? DiscardedAt = null,
    string? DiscardedBy = null,
    string? DiscardNote = null
);
