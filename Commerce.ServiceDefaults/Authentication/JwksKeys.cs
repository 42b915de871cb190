using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults;

/// <summary>
/// The keys at <c>{Authentication:Authority}/.well-known/jwks.json</c>. Fetched on first use, again every 10 minutes, and
/// when a token names a key that is not known, at most every 5 s, so that forged key ids do not become load on Identity.
/// While Identity is down, the known keys serve for an hour more; without any, requests are refused.
/// </summary>
internal sealed class JwksKeys(
    IHttpClientFactory http,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<JwksKeys> logger
) : ITokenKeys, IDisposable
{
    public const string HttpClientName = "jwks";

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Usable = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile State _state = new(
        FrozenDictionary<string, TokenKey>.Empty,
        DateTimeOffset.MinValue,
        DateTimeOffset.MinValue
    );

    public async ValueTask<TokenKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var state = _state;
        var now = time.GetUtcNow();
        if (state.Keys.TryGetValue(keyId, out var key) && now - state.FetchedAt < Usable)
        {
            if (now - state.FetchedAt >= Fresh && now >= state.NextFetch)
            {
                // Aside: a request with a known key does not wait for an Identity that may be hanging.
                _ = FetchAsync(state, CancellationToken.None);
            }

            return key;
        }

        if (now >= state.NextFetch)
        {
            state = await FetchAsync(state, cancellationToken);
        }

        if (now - state.FetchedAt >= Usable)
        {
            throw new KeysUnavailableException("Identity's keys could not be fetched");
        }

        return state.Keys.GetValueOrDefault(keyId);
    }

    private async Task<State> FetchAsync(State seen, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(_state, seen))
            {
                return _state; // someone else has just done it
            }

            return _state = await DownloadAsync(seen);
        }
        finally
        {
            _fetching.Release();
        }
    }

    // Not under the request's cancellation: others wait for the same answer.
    private async Task<State> DownloadAsync(State seen)
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
            var keys = TokenKey.ParseSet(jwks).DistinctBy(k => k.Id, StringComparer.Ordinal);
            var now = time.GetUtcNow();
            return new State(keys.ToFrozenDictionary(k => k.Id, StringComparer.Ordinal), now, now + BetweenFetches);
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

    public void Dispose() => _fetching.Dispose();

    private sealed record State(
        FrozenDictionary<string, TokenKey> Keys,
        DateTimeOffset FetchedAt,
        DateTimeOffset NextFetch
    );
}
