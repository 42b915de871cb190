namespace Commerce.Identity.Keys;

/// <summary>Configuration section <c>Tokens</c>: access tokens.</summary>
internal sealed class AccessTokenOptions
{
    /// <summary>Lifetime of an access token.</summary>
    public TimeSpan Access { get; init; } = TimeSpan.FromMinutes(15);
}
