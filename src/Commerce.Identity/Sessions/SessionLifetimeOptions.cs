namespace Commerce.Identity.Sessions;

/// <summary>Configuration section <c>Tokens</c>: sessions.</summary>
internal sealed class SessionLifetimeOptions
{
    /// <summary>A session that is not refreshed for so long ends.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A session ends after so long, refreshed or not.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromDays(90);
}
