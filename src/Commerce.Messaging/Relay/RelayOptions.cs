namespace Commerce.Messaging.Relay;

/// <summary>Configuration section <c>Messaging</c>: the relay.</summary>
internal sealed class RelayOptions
{
    /// <summary>Messages that the relay has given to the producer and that are not acknowledged.</summary>
    public int MaxInFlight { get; init; } = 50_000;

    /// <summary>The relay lets go of its slot after this long without an acknowledgement, because PostgreSQL's shutdown waits for it.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
