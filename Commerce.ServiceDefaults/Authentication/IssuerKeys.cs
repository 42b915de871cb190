using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Commerce.ServiceDefaults.Authentication;

/// <summary>
/// The keys at <c>{Authentication:Authority}/.well-known/jwks.json</c>. Fetched on first use, again every 10 minutes, and
/// when a token names a key that is not known, at most every 5 s, so that forged key ids do not become load on Identity.
/// While Identity is down, the known keys serve for an hour more; without any, requests are refused.
/// </summary>
internal sealed class IssuerKeys(
    IHttpClientFactory http,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<IssuerKeys> logger
) : TokenKeys, IDisposable
{
    public const string HttpClientName = "jwks";

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Usable = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile State _state = new(Set([]), DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    public override async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var state = _state;
        if (Age(state) >= Usable)
        {
            state = await FetchWhenDueAsync(state, cancel);
        }
        else if (Age(state) >= Fresh)
        {
            // Aside: a request with a known key does not wait for an Identity that may be hanging.
            _ = FetchWhenDueAsync(state, CancellationToken.None);
        }

        return KeysOf(state);
    }

    public override async Task<OpenIdConnectConfiguration> RefreshAsync(CancellationToken cancellationToken) =>
        KeysOf(await FetchWhenDueAsync(_state, cancellationToken));

    public void Dispose() => _fetching.Dispose();

    private TimeSpan Age(State state) => time.GetUtcNow() - state.FetchedAt;

    private OpenIdConnectConfiguration KeysOf(State state) =>
        Age(state) < Usable ? state.Keys : throw new KeysUnavailableException("Identity's keys could not be fetched");

    private async Task<State> FetchWhenDueAsync(State seen, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < seen.NextFetch)
        {
            return seen;
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(_state, seen))
            {
                return _state; // someone else has just done it
            }

            return _state = await FetchAsync(seen);
        }
        finally
        {
            _fetching.Release();
        }
    }

    // Not under the request's cancellation: others wait for the same answer.
    private async Task<State> FetchAsync(State seen)
    {
        var authority = configuration["Authentication:Authority"];
        try
        {
            if (string.IsNullOrWhiteSpace(authority))
            {
                throw new InvalidOperationException("Authentication:Authority is not configured");
            }

            using var client = http.CreateClient(HttpClientName);
            var jwks = await client.GetByteArrayAsync(new Uri(authority.TrimEnd('/') + "/.well-known/jwks.json"));
            var keys = Set(Read(jwks));
            var now = time.GetUtcNow();
            return new State(keys, now, now + BetweenFetches);
        }
        catch (Exception e)
            when (e
                    is HttpRequestException
                        or JsonException
                        or OperationCanceledException
                        or InvalidOperationException
                        or UriFormatException
            )
        {
            logger.LogWarning(e, "The keys of {Authority} could not be fetched", authority);
            return seen with { NextFetch = time.GetUtcNow() + BetweenFailures };
        }
    }

    private sealed record State(OpenIdConnectConfiguration Keys, DateTimeOffset FetchedAt, DateTimeOffset NextFetch);
}
