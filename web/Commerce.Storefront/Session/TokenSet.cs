using System.Globalization;
using Commerce.Contracts.Api;
using Microsoft.AspNetCore.Authentication;

namespace Commerce.Storefront.Session;

/// <summary>The tokens of a session. The newest set is the one that ends last: refreshing rotates both.</summary>
internal sealed record TokenSet(string Access, string Refresh, DateTimeOffset ExpiresAt)
{
    private const string AccessName = "access";
    private const string RefreshName = "refresh";
    private const string ExpiryName = "expiry";

    public static TokenSet From(Tokens tokens, DateTimeOffset now) =>
        new(tokens.AccessToken, tokens.RefreshToken, now.AddSeconds(tokens.ExpiresIn));

    public static TokenSet? In(AuthenticationProperties properties) =>
        properties.GetTokenValue(AccessName) is { } access
        && properties.GetTokenValue(RefreshName) is { } refresh
        && DateTimeOffset.TryParse(
            properties.GetTokenValue(ExpiryName),
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out var expiry
        )
            ? new(access, refresh, expiry)
            : null;

    public void PutInto(AuthenticationProperties properties) =>
        properties.StoreTokens([
            new() { Name = AccessName, Value = Access },
            new() { Name = RefreshName, Value = Refresh },
            new() { Name = ExpiryName, Value = ExpiresAt.ToString("O", CultureInfo.InvariantCulture) },
        ]);

    public bool HoldsUntil(DateTimeOffset moment) => ExpiresAt > moment;

    public static TokenSet? Newest(TokenSet? a, TokenSet? b) =>
        a is null ? b
        : b is null || a.ExpiresAt >= b.ExpiresAt ? a
        : b;
}
