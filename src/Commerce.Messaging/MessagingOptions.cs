using Microsoft.Extensions.Configuration;

namespace Commerce.Messaging;

/// <summary>Configuration section <c>Messaging</c>. The defaults are right; tests and operators change single values.</summary>
internal sealed class MessagingOptions
{
    /// <summary>How long a failed event waits before each further try; after the last it becomes a dead letter. 10 s, 60 s, 300 s.</summary>
    public TimeSpan[]? RetryDelays { get; init; }

    /// <summary>Most events in one transaction of a consumer.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>The broker's long poll in ms. Unset: 5 on the embedded broker, whose long poll never wakes, 100 on Kafka.</summary>
    public int? FetchWaitMaxMs { get; init; }

    /// <summary>Partitions of the topics that we create.</summary>
    public int Partitions { get; init; } = 12;

    /// <summary>Messages that the relay has given to the producer and that are not acknowledged.</summary>
    public int MaxInFlight { get; init; } = 50_000;

    /// <summary>The relay lets go of its slot after this long without an acknowledgement, because PostgreSQL's shutdown waits for it.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the longest transaction: publishing again starts this much before the last event that was seen.</summary>
    public TimeSpan RepublishMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events per second when publishing again; below what consumers handle, or a small broker trims again.</summary>
    public int RepublishRate { get; init; } = 6_000;

    /// <summary>Pause between two publishings again, in which requests gather.</summary>
    public TimeSpan RepublishCoolDown { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Progress markers come every 2 s; a consumer that sees none for this long asks again, for the relay may have died.</summary>
    public TimeSpan HealingLease { get; init; } = TimeSpan.FromSeconds(15);

    public IReadOnlyList<TimeSpan> Delays =>
        RetryDelays is { Length: > 0 } delays
            ? delays
            : [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)];

    public static MessagingOptions From(IConfiguration configuration) =>
        configuration.GetSection("Messaging").Get<MessagingOptions>() ?? new MessagingOptions();
}
