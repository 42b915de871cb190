using System.ComponentModel.DataAnnotations;

namespace Commerce.Messaging.Outbox;

/// <summary>Configuration section <c>Messaging</c>: how long events, and the memory of them, are kept.</summary>
internal sealed class EventRetentionOptions : IValidatableObject
{
    /// <summary>For the way from the outbox to the inbox, and for clocks that differ.</summary>
    private static readonly TimeSpan InboxMargin = TimeSpan.FromDays(1);

    // A consumer that is restarted must not miss anything.
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

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

    public TimeSpan InboxKept => InboxRetention ?? OutboxRetention + InboxMargin;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OutboxRetention < Shortest || OutboxRetention > Longest)
        {
            yield return new(
                $"Messaging:OutboxRetention is {OutboxRetention:c}; it must be from {Shortest:c} to {Longest:c} (days.hours:minutes:seconds)."
            );
        }
        else if (InboxKept < OutboxRetention + InboxMargin || InboxKept > Longest + InboxMargin)
        {
            yield return new(
                $"Messaging:InboxRetention is {InboxKept:c}; it must be at least {OutboxRetention + InboxMargin:c}, a day longer than Messaging:OutboxRetention, or events that are published again would be handled twice."
            );
        }
    }
}
