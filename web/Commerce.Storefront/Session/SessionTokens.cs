using System.Collections.Concurrent;
using Commerce.Storefront.Api;

namespace Commerce.Storefront.Session;

/// <summary>
/// The current tokens of every session this process serves. Refresh tokens rotate, and a circuit cannot write cookies: so the
/// newest set lives here and in <see cref="SessionStore"/>, and the cookie catches up at the next request
/// (<see cref="SessionCookie"/>). After a restart the cookie brings the set back.
/// </summary>
internal sealed class SessionTokens(
    IServiceScopeFactory scopes,
    SessionStore store,
    TimeProvider time,
    ILogger<SessionTokens> logger
)
{
    /// <summary>Tokens are exchanged this long before they end, so that one never ends on its way to a service.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(2);
    private readonly ConcurrentDictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private long _lastSweep = time.GetTimestamp();

    /// <summary>What a cookie brought; an older set than the one known changes nothing.</summary>
    public void Remember(string session, TokenSet tokens)
    {
        var entry = Find(session);
        entry.Tokens = TokenSet.Newest(entry.Tokens, tokens);
        ForgetIdle();
    }

    public async Task ForgetAsync(string session)
    {
        _sessions.TryRemove(session, out _);
        await store.RemoveAsync(session);
    }

    public async Task<string?> AccessTokenAsync(string session, CancellationToken cancellationToken) =>
        (await CurrentAsync(session, cancellationToken))?.Access;

    /// <summary>A set that still holds, refreshed when needed; null when the session ended.</summary>
    /// <exception cref="ApiException">Identity is away and the tokens at hand have ended.</exception>
    public async Task<TokenSet?> CurrentAsync(string session, CancellationToken cancellationToken)
    {
        var entry = Find(session);
        if (entry.Tokens is { } known && known.HoldsUntil(time.GetUtcNow() + Margin))
        {
            return known;
        }

        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            entry.Tokens = TokenSet.Newest(entry.Tokens, await store.FindAsync(session));
            if (entry.Tokens is null || entry.Tokens.HoldsUntil(time.GetUtcNow() + Margin))
            {
                return entry.Tokens;
            }

            // Not the caller's token: a page that is left meanwhile must not lose the pair that the exchange brings.
            return entry.Tokens = await RefreshInTurnAsync(session, entry.Tokens);
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private async Task<TokenSet?> RefreshInTurnAsync(string session, TokenSet old)
    {
        var owner = Guid.NewGuid().ToString("N");
        for (var attempt = 0; await store.TryLockAsync(session, owner) is false && attempt < 20; attempt++)
        {
            await Task.Delay(100);
            if (await store.FindAsync(session) is { } theirs && theirs.ExpiresAt > old.ExpiresAt)
            {
                return theirs;
            }
        }

        try
        {
            return await RefreshAsync(session, old);
        }
        finally
        {
            await store.UnlockAsync(session, owner);
        }
    }

    private async Task<TokenSet?> RefreshAsync(string session, TokenSet old)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var api = scope.ServiceProvider.GetRequiredService<TokenApi>();
            var fresh = TokenSet.From(await api.RefreshAsync(old.Refresh), time.GetUtcNow());
            await store.KeepAsync(session, fresh);
            return fresh;
        }
        catch (ApiException e)
            when (e.ErrorKind is ApiErrorKind.SignedOut or ApiErrorKind.Invalid or ApiErrorKind.Forbidden)
        {
            // Somebody else may have been faster than Redis could tell.
            if (await store.FindAsync(session) is { } theirs && theirs.ExpiresAt > old.ExpiresAt)
            {
                return theirs;
            }

            logger.LogInformation("A session ended: its refresh token is no longer accepted");
            await ForgetAsync(session);
            return null;
        }
        catch (ApiException) when (old.HoldsUntil(time.GetUtcNow()))
        {
            return old;
        }
    }

    private Entry Find(string session)
    {
        var entry = _sessions.GetOrAdd(session, _ => new Entry());
        entry.LastUsed = time.GetTimestamp();
        return entry;
    }

    private void ForgetIdle()
    {
        var last = Volatile.Read(ref _lastSweep);
        if (
            time.GetElapsedTime(last) < IdleLifetime / 4
            || Interlocked.CompareExchange(ref _lastSweep, time.GetTimestamp(), last) != last
        )
        {
            return;
        }

        foreach (var (session, entry) in _sessions)
        {
            if (time.GetElapsedTime(entry.LastUsed) > IdleLifetime)
            {
                _sessions.TryRemove(session, out _);
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public TokenSet? Tokens { get; set; }
        public long LastUsed { get; set; }
    }
}
