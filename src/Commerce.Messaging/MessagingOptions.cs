using Microsoft.Extensions.Configuration;

namespace Commerce.Messaging;

/// <summary>What speaks Kafka's protocol at the other end.</summary>
internal enum BrokerKind
{
    /// <summary>Apache Kafka or a service compatible with it.</summary>
    Kafka,

    /// <summary>librdkafka's own broker: creates topics by itself, keeps little, and has no controller to administer it.</summary>
    Embedded,
}

/// <summary>Configuration section <c>Messaging</c>. The defaults are right; tests and operators change single values.</summary>
internal sealed class MessagingOptions
{
    /// <summary>For the way from the outbox to the inbox, and for clocks that differ.</summary>
    private static readonly TimeSpan InboxMargin = TimeSpan.FromDays(1);

    // A consumer that is restarted must not miss anything.
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    /// <summary><c>Kafka</c>, or <c>Embedded</c> where whoever starts the service started the embedded broker for it.</summary>
    public BrokerKind Broker { get; init; } = BrokerKind.Kafka;

    /// <summary>How long a failed event waits before each further try; after the last it becomes a dead letter. 10 s, 60 s, 300 s.</summary>
    public TimeSpan[]? RetryDelays { get; init; }

    /// <summary>Most events in one transaction of a consumer.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>A consumer's transactions begin at least this far apart, 10 ms, and up to eight times that when they take long.</summary>
    public TimeSpan Pace { get; init; } = Messaging.Pace.Default;

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

    /// <summary>
    /// A consumer that makes no progress for this long, because of errors that do not pass by themselves, degrades the service's
    /// health.
    /// </summary>
    public TimeSpan HoldUpTolerance { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long events stay in the outbox once they are published. What a consumer missed can be published again for so long.
    /// The same for all services, because consumers rely on it.
    /// </summary>
    public TimeSpan OutboxRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a consumer remembers what it handled; also how long dead letters stay that were redriven or put away. Unset: a
    /// day longer than the outbox keeps events, and never less.
    /// </summary>
    public TimeSpan? InboxRetention { get; init; }

    /// <summary>How often old rows are looked for; the first time this long after the start.</summary>
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Old rows that one transaction removes.</summary>
    public int TrimBatchSize { get; init; } = 5_000;

    public TimeSpan InboxKept => InboxRetention ?? OutboxRetention + InboxMargin;

    public IReadOnlyList<TimeSpan> Delays =>
        RetryDelays is { Length: > 0 } delays
            ? delays
            : [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)];

    /// <exception cref="InvalidOperationException">
    /// An unknown broker, a retention that would lose or double events, or a batch that no event fits into.
    /// </exception>
    public static MessagingOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Messaging");
        CheckBroker(section[nameof(Broker)]);
        var options = section.Get<MessagingOptions>() ?? new MessagingOptions();
        options.CheckRetention();
        // A key without a value is a 0, with which a consumer would do nothing and say nothing.
        if (options.BatchSize < 1 || options.Pace < TimeSpan.Zero || options.HoldUpTolerance <= TimeSpan.Zero)
        {
            throw new InvalidOperationException(
                "Messaging:BatchSize must be at least 1, Messaging:Pace must not be negative, Messaging:HoldUpTolerance must be positive."
            );
        }

        return options;
    }

    // By name: the binder would also take the number of a kind that does not exist, and say little about a word.
    private static void CheckBroker(string? broker)
    {
        if (broker is not null && !Enum.GetNames<BrokerKind>().Contains(broker, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(
                $"Messaging:Broker is '{broker}'; it must be {string.Join(" or ", Enum.GetNames<BrokerKind>())}."
            );
        }
    }

    private void CheckRetention()
    {
        if (OutboxRetention < ShortestRetention || OutboxRetention > LongestRetention)
        {
            throw new InvalidOperationException(
                $"Messaging:OutboxRetention is {OutboxRetention:c}; it must be from {ShortestRetention:c} to {LongestRetention:c} (days.hours:minutes:seconds)."
            );
        }

        if (InboxKept < OutboxRetention + InboxMargin || InboxKept > LongestRetention + InboxMargin)
        {
            throw new InvalidOperationException(
                $"Messaging:InboxRetention is {InboxKept:c}; it must be at least {OutboxRetention + InboxMargin:c}, a day longer than Messaging:OutboxRetention, or events that are published again would be handled twice."
            );
        }

        if (RetentionInterval <= TimeSpan.Zero || TrimBatchSize is < 1 or > 100_000)
        {
            throw new InvalidOperationException(
                "Messaging:RetentionInterval must be positive and Messaging:TrimBatchSize from 1 to 100000."
            );
        }
    }
}
