using System.ComponentModel.DataAnnotations;

namespace Commerce.Data.Retention;

/// <summary>Configuration section <c>Retention</c>.</summary>
internal sealed class RetentionOptions : IValidatableObject
{
    /// <summary>How often old rows are looked for; the first time this long after the start.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Old rows that one transaction removes.</summary>
    [Range(1, 100_000)]
    public int BatchSize { get; init; } = 5_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Interval <= TimeSpan.Zero)
        {
            yield return new("Retention:Interval must be positive.");
        }
    }
}
