namespace Commerce.Messaging.Gaps;

/// <summary>Configuration section <c>Messaging</c>: events that a consumer misses and their publishing again.</summary>
internal sealed class GapOptions
{
    /// <summary>Longer than the longest transaction: publishing again starts this much before the last event that was seen.</summary>
    public TimeSpan RepublishMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events per second when publishing again; below what consumers handle, or a small broker trims again.</summary>
    public int RepublishRate { get; init; } = 6_000;

    /// <summary>Pause between two publishings again, in which requests gather.</summary>
    public TimeSpan RepublishCoolDown { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Progress markers come every 2 s; a consumer that sees none for this long asks again, for the relay may have died.</summary>
    public TimeSpan HealingLease { get; init; } = TimeSpan.FromSeconds(15);
}
