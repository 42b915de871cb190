using Commerce.Contracts.Live;
using Commerce.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Commerce.Catalog.Live;

/// <summary>
/// Tells open pages what changed, on the channels of <see cref="LiveChannels"/>. A hint, not a delivery: nobody waits for it, and
/// whoever misses it reads again later.
/// </summary>
internal sealed class LiveUpdates(RedisGate redis)
{
    /// <summary>What can still be ordered of these fruits, in boxes.</summary>
    public void StockChanged(IReadOnlyCollection<(Guid FruitId, int Available)> levels) =>
        Tell(LiveChannels.Stock, levels.Select(level => LiveChannels.StockMessage(level.FruitId, level.Available)));

    /// <summary>Lists are worth another look.</summary>
    public void ListingsChanged() => Tell(LiveChannels.Listings, [""]);

    /// <summary>What these accounts wait for is worth another look.</summary>
    public void WishesChanged(IReadOnlyCollection<Guid> accounts) =>
        Tell(LiveChannels.Wishes, accounts.Select(LiveChannels.Message));

    private void Tell(string channel, IEnumerable<string> messages) =>
        _ = redis.TryAsync(database =>
            Task.WhenAll(messages.Select(message => database.PublishAsync(RedisChannel.Literal(channel), message)))
        );
}
