using Commerce.Contracts.Live;
using Commerce.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Commerce.Order.Live;

/// <summary>
/// Tells open pages that an order, or the price of a fruit in a cart, changed: its id on a channel of
/// <see cref="LiveChannels"/>. A hint, not a delivery: nobody waits for it, and whoever misses it reads again later.
/// </summary>
internal sealed class LiveUpdates(RedisGate redis)
{
    private static readonly RedisChannel Orders = RedisChannel.Literal(LiveChannels.Orders);
    private static readonly RedisChannel Fruits = RedisChannel.Literal(LiveChannels.Fruits);

    public void OrdersChanged(IReadOnlyCollection<Guid> orderIds) => Tell(Orders, orderIds);

    public void FruitsChanged(IReadOnlyCollection<Guid> fruitIds) => Tell(Fruits, fruitIds);

    private void Tell(RedisChannel channel, IReadOnlyCollection<Guid> ids) =>
        _ = redis.TryAsync(database =>
            Task.WhenAll(ids.Select(id => database.PublishAsync(channel, LiveChannels.Message(id))))
        );
}
