using System.Collections.Concurrent;
using Commerce.Catalog.Wishes;
using Commerce.ServiceDefaults;
using Npgsql;
using StackExchange.Redis;

namespace Commerce.Catalog.Live;

/// <summary>
/// What the shop keeps in Redis: listed pages for seconds (with copies in each process, <see cref="ListingMemory"/>), the
/// best-seller ranking, live stock as messages <c>{fruitId}:{available}</c> on channel <c>stock</c>, an empty one on channel
/// <c>listings</c> when a list is worth another look, and <c>{accountId}</c> on channel <c>wishes</c> when an account's wishes
/// are. All of it can be lost: every method does without Redis, and reads then answer null.
/// </summary>
internal sealed class ShopCache(
    RedisGate redis,
    NpgsqlDataSource database,
    TimeProvider time,
    ILogger<ShopCache> logger
)
{
    private const string VersionKey = "catalog:listing:version";
    private const string BestsellersKey = "catalog:bestsellers";
    private static readonly TimeSpan ListingLifetime = TimeSpan.FromSeconds(15);

    /// <summary>A page that is asked for after that is read again, and until it is there the old one is the answer.</summary>
    private static readonly TimeSpan ListingIsFreshFor = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Then it is built again from the database. Counting each sale in as well would save that, and count one twice that is
    /// committed while it is built.
    /// </summary>
    private static readonly TimeSpan RankingLifetime = TimeSpan.FromSeconds(10);
    private static readonly RedisChannel Stock = RedisChannel.Literal("stock");
    private static readonly RedisChannel Listings = RedisChannel.Literal("listings");
    private static readonly RedisChannel Wishes = RedisChannel.Literal("wishes");

    private readonly ListingMemory _memory = new(time);
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> _reading = new(StringComparer.Ordinal);

    /// <summary>
    /// The page for a query string that was asked for a moment ago, letter by letter. Reading a query costs more than answering
    /// it from here.
    /// </summary>
    public byte[]? ListingInMemory(string query) =>
        _memory.SearchOf(query) is { } search ? FindInMemory(search).Page : null;

    /// <summary>
    /// The cached page for a search, or what <paramref name="find"/> reads. Those who ask for the same page while it is read wait
    /// for that one: when a page ends, a crowd would read it as often as there are visitors otherwise.
    /// </summary>
    /// <param name="query">The search as it was sent.</param>
    public async Task<byte[]> ListingAsync(
        string query,
        string search,
        Func<CancellationToken, Task<byte[]>> find,
        CancellationToken cancellationToken
    )
    {
        _memory.KeepSearch(query, search);
        var (page, slot, isOld) = await FindListingAsync(search);
        if (isOld)
            _ = RenewAsync(slot!, find);
        if (page is not null)
            return page;
        if (slot is null)
            return await find(cancellationToken);
        // Whoever came first may leave: the others still want it.
        return await ReadOnceAsync(slot, find).WaitAsync(cancellationToken);
    }

    private async Task RenewAsync(string slot, Func<CancellationToken, Task<byte[]>> find)
    {
        try
        {
            await ReadOnceAsync(slot, find);
        }
        catch (Exception exception)
        {
            // Nobody waits for this. Whoever asks when the old page is gone learns it.
            logger.LogWarning("Could not read a list again ({Reason})", exception.GetType().Name);
        }
    }

    private Task<byte[]> ReadOnceAsync(string slot, Func<CancellationToken, Task<byte[]>> find) =>
        _reading.GetOrAdd(slot, _ => new Lazy<Task<byte[]>>(() => ReadAsync(slot, find))).Value;

    private async Task<byte[]> ReadAsync(string slot, Func<CancellationToken, Task<byte[]>> find)
    {
        try
        {
            var page = await find(CancellationToken.None);
            _memory.Keep(slot, page);
            await redis.TryAsync(database => database.StringSetAsync(slot, page, ListingLifetime));
            return page;
        }
        finally
        {
            _reading.TryRemove(slot, out _);
        }
    }

    /// <summary>
    /// The slot is the one to put the page into when there is none. It names the listing's version from before the database is
    /// read: what is read during a change never hides the change.
    /// </summary>
    private async Task<(byte[]? Page, string? Slot, bool IsOld)> FindListingAsync(string search)
    {
        var (page, slot) = FindInMemory(search);
        if (page is not null)
            return (page, slot, false);

        slot = null;
        var isOld = false;
        await redis.TryAsync(async database =>
        {
            var changes = _memory.Changes;
            var version = (string?)await database.StringGetAsync(VersionKey) ?? "";
            _memory.Learn(version, changes);
            var found = Slot(version, search);
            page = _memory.Find(found);
            if (page is null)
            {
                var kept = await database.StringGetWithExpiryAsync(found);
                page = kept.Value;
                isOld = page is not null && kept.Expiry < ListingLifetime - ListingIsFreshFor;
                if (page is not null)
                    _memory.Keep(found, page);
            }

            slot = found;
        });
        return (page, slot, isOld);
    }

    private (byte[]? Page, string? Slot) FindInMemory(string search)
    {
        var slot = _memory.Version is { } known ? Slot(known, search) : null;
        return (slot is null ? null : _memory.Find(slot), slot);
    }

    /// <summary>Call after the commit of anything that a listing shows.</summary>
    public async Task InvalidateAsync()
    {
        await redis.TryAsync(database => database.StringIncrementAsync(VersionKey));
        // After Redis knows: a version that was read before is of no use any more.
        _memory.Change();
        _ = redis.TryAsync(database => database.PublishAsync(Listings, ""));
    }

    /// <summary>Tells open pages what can still be ordered, and those who waited for it. Call after the commit; does not wait.</summary>
    public void StockChanged(IEnumerable<(Guid FruitId, int Before, int Available)> changes)
    {
        var levels = changes.ToList();
        _ = redis.TryAsync(database =>
            Task.WhenAll(levels.Select(level => database.PublishAsync(Stock, $"{level.FruitId}:{level.Available}")))
        );
        var back = levels.FindAll(level => level is { Before: <= 0, Available: > 0 });
        if (back.Count > 0)
            _ = TellWaitingAsync(back.ConvertAll(level => level.FruitId));
    }

    /// <summary>Tells the accounts' open pages to look at their wishes again. Does not wait.</summary>
    public void WishesChanged(IEnumerable<Guid> accounts) =>
        _ = redis.TryAsync(database =>
            Task.WhenAll(accounts.Select(account => database.PublishAsync(Wishes, account.ToString())))
        );

    /// <summary>Best first; null when Redis has no ranking.</summary>
    public async Task<IReadOnlyList<Guid>?> BestsellersAsync(int count)
    {
        var best = await redis.TryAsync(database =>
            database.SortedSetRangeByScoreAsync(
                BestsellersKey,
                start: 0,
                exclude: Exclude.Start,
                order: Order.Descending,
                take: count
            )
        );
        return best is { Length: > 0 } ? Array.ConvertAll(best, member => Guid.Parse(member.ToString())) : null;
    }

    public Task KeepBestsellersAsync(IEnumerable<(Guid FruitId, long Boxes)> ranking) =>
        redis.TryAsync(async database =>
        {
            var entries = ranking.Select(r => new SortedSetEntry(Member(r.FruitId), r.Boxes)).ToArray();
            if (entries.Length == 0)
                return;
            await database.SortedSetAddAsync(BestsellersKey, entries);
            await database.KeyExpireAsync(BestsellersKey, RankingLifetime);
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
}
