using Commerce.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Commerce.Catalog.Fruits;

/// <summary>What sold best, kept in Redis for seconds.</summary>
internal sealed class BestsellerRanking(RedisGate redis)
{
    private const string Key = "catalog:bestsellers";

    /// <summary>
    /// Then it is built again from the database. Counting each sale in as well would save that, and count one twice that is
    /// committed while it is built.
    /// </summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    /// <summary>Best first; null when Redis has no ranking.</summary>
    public async Task<IReadOnlyList<Guid>?> BestAsync(int count)
    {
        var best = await redis.TryAsync(database =>
            database.SortedSetRangeByScoreAsync(
                Key,
                start: 0,
                exclude: Exclude.Start,
                order: Order.Descending,
                take: count
            )
        );
        return best is { Length: > 0 } ? Array.ConvertAll(best, member => Guid.Parse(member.ToString())) : null;
    }

    public Task KeepAsync(IEnumerable<(Guid FruitId, long Boxes)> ranking) =>
        redis.TryAsync(async database =>
        {
            var entries = ranking.Select(r => new SortedSetEntry(r.FruitId.ToString(), r.Boxes)).ToArray();
            if (entries.Length == 0)
                return;
            await database.SortedSetAddAsync(Key, entries);
            await database.KeyExpireAsync(Key, Lifetime);
        });
}
