using System.Security.Cryptography;
using System.Text.Json;
using Commerce.ServiceDefaults.Redis;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace Commerce.Storefront.Session;

/// <summary>
/// Where replicas tell each other about rotated tokens: <c>storefront:session:{sid}</c> in Redis, encrypted. May be lost; the
/// cookie then still has the tokens of its last renewal.
/// </summary>
internal sealed class SessionStore(RedisGate redis, IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(10);
    private readonly IDataProtector _protector = protection.CreateProtector("Commerce.Storefront.Session");

    public async Task<TokenSet?> FindAsync(string session)
    {
        var kept = await redis.TryAsync(db => db.StringGetAsync(Key(session)));
        if (!kept.HasValue)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<TokenSet>(_protector.Unprotect((byte[])kept!));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public Task KeepAsync(string session, TokenSet tokens) =>
        redis.TryAsync(db =>
            db.StringSetAsync(Key(session), _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(tokens)), Lifetime)
        );

    public Task RemoveAsync(string session) => redis.TryAsync(db => db.KeyDeleteAsync(Key(session)));

    /// <summary>
    /// Whether this process may refresh the session now. A refresh token works once, so replicas take turns; null when Redis is
    /// away and nobody can say.
    /// </summary>
    public Task<bool?> TryLockAsync(string session, string owner) =>
        redis.TryAsync<bool?>(async db =>
            await db.StringSetAsync($"{Key(session)}:refreshing", owner, LockTime, When.NotExists)
        );

    public Task UnlockAsync(string session, string owner) =>
        redis.TryAsync(db => db.LockReleaseAsync($"{Key(session)}:refreshing", owner));

    private static string Key(string session) => $"storefront:session:{session}";
}
