namespace Commerce.Messaging.DeadLetters;

/// <summary>Configuration section <c>Messaging</c>: tries of what failed.</summary>
internal sealed class RetryOptions
{
    /// <summary>How long a failed event waits before each further try; after the last it becomes a dead letter. 10 s, 60 s, 300 s.</summary>
    public TimeSpan[]? RetryDelays { get; init; }

    public IReadOnlyList<TimeSpan> Delays =>
        RetryDelays is { Length: > 0 } delays
            ? delays
            : [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)];
}
