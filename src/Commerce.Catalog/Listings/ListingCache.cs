using System.Collections.Concurrent;
using Commerce.Catalog.Live;
using Commerce.ServiceDefaults.Redis;

namespace Commerce.Catalog.Listings;

/// <summary>
/// Listed pages in Redis, for seconds, with copies in each process (<see cref="ListingL1Cache"/>). All of it can be lost: without
/// Redis every page is read from the database.
/// </summary>
internal sealed class ListingCache(RedisGate redis, LiveUpdates live, TimeProvider time, ILogger<ListingCache> logger)
{
    private const string VersionKey = "catalog:listing:version";
    private static readonly TimeSpan ListingLifetime = TimeSpan.FromSeconds(15);

    /// <summary>A page that is asked for after that is read again, and until it is there the old one is the answer.</summary>
    private static readonly TimeSpan ListingIsFreshFor = TimeSpan.FromSeconds(10);

    private readonly ListingL1Cache _memory = new(time);
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
        var (page, cacheKey, isOld) = await FindListingAsync(search);
        if (isOld)
            _ = RenewAsync(cacheKey!, find);
        if (page is not null)
            return page;
        if (cacheKey is null)
            return await find(cancellationToken);
        // Whoever came first may leave: the others still want it.
        return await ReadOnceAsync(cacheKey, find).WaitAsync(cancellationToken);
    }

    private async Task RenewAsync(string cacheKey, Func<CancellationToken, Task<byte[]>> find)
    {
        try
        {
            await ReadOnceAsync(cacheKey, find);
        }
        catch (Exception exception)
        {
            // Nobody waits for this. Whoever asks when the old page is gone learns it.
            logger.LogWarning("Could not read a list again ({Reason})", exception.GetType().Name);
        }
    }

    private Task<byte[]> ReadOnceAsync(string cacheKey, Func<CancellationToken, Task<byte[]>> find) =>
        _reading.GetOrAdd(cacheKey, _ => new Lazy<Task<byte[]>>(() => ReadAsync(cacheKey, find))).Value;

    private async Task<byte[]> ReadAsync(string cacheKey, Func<CancellationToken, Task<byte[]>> find)
    {
        try
        {
            var page = await find(CancellationToken.None);
            _memory.Keep(cacheKey, page);
            await redis.TryAsync(database => database.StringSetAsync(cacheKey, page, ListingLifetime));
            return page;
        }
        finally
        {
            _reading.TryRemove(cacheKey, out _);
        }
    }

    /// <summary>
    /// The key is the one to put the page into when there is none. It names the listing's version from before the database is
    /// read: what is read during a change never hides the change.
    /// </summary>
    private async Task<(byte[]? Page, string? Slot, bool IsOld)> FindListingAsync(string search)
    {
        var (page, cacheKey) = FindInMemory(search);
        if (page is not null)
            return (page, cacheKey, false);

        cacheKey = null;
        var isOld = false;
        await redis.TryAsync(async database =>
        {
            var changes = _memory.Changes;
            var version = (string?)await database.StringGetAsync(VersionKey) ?? "";
            _memory.Learn(version, changes);
            var found = CacheKey(version, search);
            page = _memory.Find(found);
            if (page is null)
            {
                var kept = await database.StringGetWithExpiryAsync(found);
                page = kept.Value;
                isOld = page is not null && kept.Expiry < ListingLifetime - ListingIsFreshFor;
                if (page is not null)
                    _memory.Keep(found, page);
            }

            cacheKey = found;
        });
        return (page, cacheKey, isOld);
    }

    private (byte[]? Page, string? Slot) FindInMemory(string search)
    {
        var cacheKey = _memory.Version is { } known ? CacheKey(known, search) : null;
        return (cacheKey is null ? null : _memory.Find(cacheKey), cacheKey);
    }

    /// <summary>Call after the commit of anything that a listing shows.</summary>
    public async Task InvalidateAsync()
    {
        await redis.TryAsync(database => database.StringIncrementAsync(VersionKey));
        // After Redis knows: a version that was read before is of no use any more.
        _memory.Change();
        live.ListingsChanged();
    }

    private static string CacheKey(string version, string search) => $"catalog:listing:{version}:{search}";
}
