using Commerce.Catalog.Wishes;
using Npgsql;
using StackExchange.Redis;

namespace Commerce.Catalog.Live;

/// <summary>
/// What the shop keeps in Redis: listed pages for seconds (with copies in each process, <see cref="ListingMemory"/>), the best-seller ranking, live stock as messages
/// <c>{fruitId}:{available}</c> on channel <c>stock</c>, and <c>{accountId}</c> on channel <c>wishes</c> when an account's wishes
/// are worth another look. All of it can be lost: every method does without Redis, reads then answer null, and after a failure
/// Redis is left alone for a moment so that requests do not wait for it one by one.
/// </summary>
internal sealed class ShopCache(
    IServiceProvider services,
    NpgsqlDataSource database,
    TimeProvider time,
    ILogger<ShopCache> logger
)
{
    private const string VersionKey = "catalog:listing:version";
    private const string BestsellersKey = "catalog:bestsellers";
    private static readonly TimeSpan ListingLifetime = TimeSpan.FromSeconds(10);

    /// <summary>Built again from the database when it ends: the window moves on and lost counts come back.</summary>
    private static readonly TimeSpan RankingLifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // Not injected: building the connection waits for Redis, and the shop opens without it.
    private readonly Lazy<Task<IConnectionMultiplexer>> _redis = new(() =>
        Task.Run(services.GetRequiredService<IConnectionMultiplexer>)
    );
    private readonly ListingMemory _memory = new(time);
    private long _awayUntil = long.MinValue;

    /// <summary>
    /// The cached page for a search and the slot to put it into when there is none. The slot names the listing's version from
    /// before the database is read: what is read during a change never hides the change.
    /// </summary>
    public async Task<(byte[]? Page, string? Slot)> FindListingAsync(string search)
    {
        var slot = _memory.Version is { } known ? Slot(known, search) : null;
        var page = slot is null ? null : _memory.Find(slot);
        if (page is not null)
            return (page, slot);

        slot = null;
        await TryAsync(async redis =>
        {
            var changes = _memory.Changes;
            var version = (string?)await redis.StringGetAsync(VersionKey) ?? "";
            _memory.Learn(version, changes);
            var found = Slot(version, search);
            page = _memory.Find(found) ?? await redis.StringGetAsync(found);
            slot = found;
        });
        if (page is not null)
            _memory.Keep(slot!, page);
        return (page, slot);
    }

    public Task KeepListingAsync(string? slot, byte[] page)
    {
        if (slot is null)
            return Task.CompletedTask;
        _memory.Keep(slot, page);
        return TryAsync(redis => redis.StringSetAsync(slot, page, ListingLifetime));
    }

    /// <summary>Call after the commit of anything that a listing shows.</summary>
    public async Task InvalidateAsync()
    {
        await TryAsync(redis => redis.StringIncrementAsync(VersionKey));
        // After Redis knows: a version that was read before is of no use any more.
        _memory.Change();
    }

    /// <summary>Tells open pages what can still be ordered, and those who waited for it. Call after the commit; does not wait.</summary>
    public void StockChanged(IEnumerable<(Guid FruitId, int Before, int Available)> changes)
    {
        var levels = changes.ToList();
        _ = TryAsync(redis =>
            Task.WhenAll(levels.Select(level => redis.PublishAsync("stock", $"{level.FruitId}:{level.Available}")))
        );
        var back = levels.FindAll(level => level is { Before: <= 0, Available: > 0 });
        if (back.Count > 0)
            _ = TellWaitingAsync(back.ConvertAll(level => level.FruitId));
    }

    /// <summary>Tells the accounts' open pages to look at their wishes again. Does not wait.</summary>
    public void WishesChanged(IEnumerable<Guid> accounts) =>
        _ = TryAsync(redis =>
            Task.WhenAll(accounts.Select(account => redis.PublishAsync("wishes", account.ToString())))
        );

    /// <summary>Counts boxes (less than none when orders were cancelled) into the ranking if there is one; the database has them in any case.</summary>
    public Task SoldAsync(IReadOnlyDictionary<Guid, int> boxes) =>
        TryAsync(redis =>
            redis.ScriptEvaluateAsync(
                """
                if redis.call('exists', KEYS[1]) == 0 then return end
                for i = 1, #ARGV, 2 do redis.call('zincrby', KEYS[1], ARGV[i + 1], ARGV[i]) end
                """,
                [BestsellersKey],
                [.. boxes.SelectMany(sold => new[] { Member(sold.Key), (RedisValue)sold.Value })]
            )
        );

    /// <summary>Best first; null when Redis has no ranking.</summary>
    public async Task<IReadOnlyList<Guid>?> BestsellersAsync(int count)
    {
        IReadOnlyList<Guid>? ranking = null;
        await TryAsync(async redis =>
        {
            var best = await redis.SortedSetRangeByScoreAsync(
                BestsellersKey,
                start: 0,
                exclude: Exclude.Start,
                order: Order.Descending,
                take: count
            );
            if (best.Length > 0)
                ranking = Array.ConvertAll(best, member => Guid.Parse((string)member!));
        });
        return ranking;
    }

    public Task KeepBestsellersAsync(IEnumerable<(Guid FruitId, long Boxes)> ranking) =>
        TryAsync(async redis =>
        {
            var entries = ranking.Select(r => new SortedSetEntry(Member(r.FruitId), r.Boxes)).ToArray();
            if (entries.Length == 0)
                return;
            await redis.SortedSetAddAsync(BestsellersKey, entries);
            await redis.KeyExpireAsync(BestsellersKey, RankingLifetime);
        });

    private async Task TellWaitingAsync(IReadOnlyCollection<Guid> fruits)
    {
        try
        {
            WishesChanged(await WishEndpoints.WaitingAsync(database, fruits, CancellationToken.None));
        }
        catch (NpgsqlException exception)
        {
            // Those who wait see it at their next visit.
            logger.LogWarning("Could not look for wishes ({Reason})", exception.GetType().Name);
        }
    }

    private static string Slot(string version, string search) => $"catalog:listing:{version}:{search}";

    private static RedisValue Member(Guid fruitId) => fruitId.ToString();

    private async Task TryAsync(Func<IDatabase, Task> use)
    {
        var now = time.GetTimestamp();
        if (now < Interlocked.Read(ref _awayUntil))
            return;
        try
        {
            await UseAsync().WaitAsync(Patience, time);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Interlocked.Exchange(ref _awayUntil, now + (long)(Pause.TotalSeconds * time.TimestampFrequency));
            logger.LogWarning("Redis is away ({Reason}); the shop goes on without it", exception.GetType().Name);
        }

        async Task UseAsync() => await use((await _redis.Value).GetDatabase());
    }
}
