using Commerce.ServiceDefaults;
using StackExchange.Redis;

namespace Commerce.Order.Live;

/// <summary>
/// Tells open pages that an order, or the price of a fruit in a cart, changed: its id on the Redis channels <c>orders</c> and
/// <c>fruits</c>. A hint, not a delivery: whoever misses it reads again later.
/// </summary>
internal sealed class LiveUpdates(IConnectionMultiplexer redis, ILogger<LiveUpdates> logger)
{
    private const string Orders = "orders";
    private const string Fruits = "fruits";

    public Task OrdersChangedAsync(IReadOnlyCollection<Guid> orderIds) => TellAsync(Orders, orderIds);

    public Task FruitsChangedAsync(IReadOnlyCollection<Guid> fruitIds) => TellAsync(Fruits, fruitIds);

    private async Task TellAsync(string channel, IReadOnlyCollection<Guid> ids)
    {
        try
        {
            var subscriber = redis.GetSubscriber();
            foreach (var id in ids)
            {
                await subscriber.PublishAsync(channel, id.ToString(), CommandFlags.FireAndForget);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            logger.LogDebug(exception, "No live update: Redis is away");
        }
    }
}
