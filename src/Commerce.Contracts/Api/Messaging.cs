namespace Commerce.Contracts.Api;

/// <summary>GET /messaging of any service (admin).</summary>
public sealed record MessagingStatus(
    RelayStatus Relay,
    IReadOnlyList<ConsumerStatus> Consumers,
    long DeadLetters,
    long Retrying
);

/// <summary>The outbox relay. <paramref name="LagBytes"/>: WAL that the slot still holds back.</summary>
/// <param name="State"><c>streaming standby connecting stopped</c>.</param>
public sealed record RelayStatus(
    string State,
    string Slot,
    long LagBytes,
    long InFlight,
    long Published,
    DateTimeOffset? LastPublishedAt,
    long Epoch
);

/// <summary>A consumer on one topic. <paramref name="Lag"/> in messages over all its partitions; −1 when the broker does not say.</summary>
public sealed record ConsumerStatus(
    string Name,
    string Topic,
    int Partitions,
    long Lag,
    long Handled,
    DateTimeOffset? LastHandledAt
);

/// <summary>GET /dead-letters (admin).</summary>
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
    DateTimeOffset? RedrivenAt
);
