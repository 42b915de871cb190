using System.Collections.Concurrent;

namespace Commerce.Catalog.Listings;

/// <summary>
/// Copies of the listed pages in this process, in front of Redis, and which version of the listing is the current one. Changes
/// made here count at once; those of other replicas after <see cref="TrustFor"/>.
/// </summary>
internal sealed class ListingL1Cache(TimeProvider time)
{
    private static readonly TimeSpan TrustFor = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    /// <summary>A page has some 30 kB.</summary>
    private const int MostPages = 500;

    private readonly ConcurrentDictionary<string, (byte[] Page, long Since)> _pages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _searches = new(StringComparer.Ordinal);
    private volatile Known? _known;
    private int _changes;

    private sealed record Known(string Version, long Since);

    /// <summary>Null: ask Redis.</summary>
    public string? Version => _known is { } known && IsYoung(known.Since, TrustFor) ? known.Version : null;

    /// <summary>To be taken before Redis is asked for the version, for <see cref="Learn"/>.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>What Redis answered; of no use if something changed here while it was on its way.</summary>
    public void Learn(string version, int changes)
    {
        if (changes == Changes)
        {
            _known = new Known(version, time.GetTimestamp());
        }
    }

    /// <summary>Something that lists show has changed.</summary>
    public void Change()
    {
        Interlocked.Increment(ref _changes);
        _known = null;
    }

    public byte[]? Find(string cacheKey) =>
        _pages.TryGetValue(cacheKey, out var kept) && IsYoung(kept.Since, Lifetime) ? kept.Page : null;

    public void Keep(string cacheKey, byte[] page)
    {
        // Keys name a version: old ones are never asked for again and only have to go at some time.
        if (_pages.Count >= MostPages)
        {
            _pages.Clear();
        }

        _pages[cacheKey] = (page, time.GetTimestamp());
    }

    /// <summary>The search that a query string, as it was sent, stands for; null when it has not been read yet.</summary>
    public string? SearchOf(string query) => _searches.GetValueOrDefault(query);

    public void KeepSearch(string query, string search)
    {
        if (_searches.Count >= MostPages)
        {
            _searches.Clear();
        }

        _searches[query] = search;
    }

    private bool IsYoung(long since, TimeSpan limit) => time.GetElapsedTime(since) < limit;
}
