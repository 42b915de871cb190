using System.ComponentModel.DataAnnotations;
using Commerce.Data.Batches;

namespace Commerce.Messaging.Consumers;

/// <summary>Configuration section <c>Messaging</c>: the consumers. The defaults are right; tests and operators change single values.</summary>
internal sealed class ConsumerOptions : IValidatableObject
{
    /// <summary>Most events in one transaction of a consumer.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>A consumer's transactions begin at least this far apart, 10 ms, and up to eight times that when they take long.</summary>
    public TimeSpan Pace { get; init; } = BatchThrottle.Default;

    /// <summary>The broker's long poll in ms. Unset: 5 on the embedded broker, whose long poll never wakes, 100 on Kafka.</summary>
    public int? FetchWaitMaxMs { get; init; }

    /// <summary>
    /// A consumer that makes no progress for this long, because of errors that do not pass by themselves, degrades the service's
    /// health.
    /// </summary>
    public TimeSpan HoldUpTolerance { get; init; } = TimeSpan.FromSeconds(30);

    // A key without a value is a 0, with which a consumer would do nothing and say nothing.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize < 1)
        {
            yield return new("Messaging:BatchSize must be at least 1.");
        }

        if (Pace < TimeSpan.Zero)
        {
            yield return new("Messaging:Pace must not be negative.");
        }

        if (HoldUpTolerance <= TimeSpan.Zero)
        {
            yield return new("Messaging:HoldUpTolerance must be positive.");
        }
    }
}
