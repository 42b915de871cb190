namespace Commerce.Payment.Charging;

/// <summary>Settings under <c>Payment</c>.</summary>
internal sealed class PaymentOptions
{
    /// <summary>Most calls to the provider at a time, per process.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>How long a worker owns what it took; longer than a call may last with its result's commit.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a worker looks for due work when nobody wakes it.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Wait before asking a second time; doubles from there.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait never grows beyond this.</summary>
    public TimeSpan RetryAtMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long money that a restored database did not know waits for its order before it goes back.</summary>
    public TimeSpan OrphansAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Half to all of the exponential wait, so that callers of a provider that comes back do not all come at once.</summary>
    public TimeSpan Backoff(int attempts, double random)
    {
        var doubled = RetryAfter * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return (doubled < RetryAtMost ? doubled : RetryAtMost) * (0.5 + (random / 2));
    }
}
