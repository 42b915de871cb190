using Commerce.ServiceDefaults;
using StackExchange.Redis;

namespace Commerce.Order.Live;

/// <summary>
/// Tells open pages that an order changed: its id on the Redis channel <c>orders</c>. A hint, not a delivery: whoever misses it
/// reads the order again later.
/// </summary>
internal sealed class LiveUpdates(IConnectionMultiplexer redis, ILogger<LiveUpdates> logger)
{
    public const string Channel = "orders";

    public async Task OrdersChangedAsync(IReadOnlyCollection<Guid> orderIds)
    {
        try
        {
            var subscriber = redis.GetSubscriber();
            foreach (var orderId in orderIds)
            {
                await subscriber.PublishAsync(Channel, orderId.ToString(), CommandFlags.FireAndForget);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            logger.LogDebug(exception, "No live update: Redis is away");
        }
    }
}
