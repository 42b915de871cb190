using StackExchange.Redis;

namespace Commerce.Storefront.Hosting;

/// <summary>
/// Redis for what may be lost: a call that fails or takes longer than a moment answers "nothing", and Redis is then left alone
/// for two seconds, so that pages do not wait for it one by one.
/// </summary>
internal sealed class SharedRedis(IServiceProvider services, TimeProvider time, ILogger<SharedRedis> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // Not injected: building the connection waits for Redis, and the shop opens without it.
    private readonly Lazy<Task<IConnectionMultiplexer>> _connection = new(() =>
        Task.Run(services.GetRequiredService<IConnectionMultiplexer>)
    );
    private long _awayUntil = long.MinValue;

    /// <summary>The connection, when there is one by now.</summary>
    public Task<IConnectionMultiplexer> ConnectionAsync() => _connection.Value;

    /// <summary>What <paramref name="call"/> answers; <c>default</c> while Redis is away.</summary>
    public async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> call)
    {
        if (time.GetTimestamp() < Volatile.Read(ref _awayUntil))
        {
            return default;
        }

        try
        {
            var redis = await _connection.Value.WaitAsync(Patience);
            return await call(redis.GetDatabase()).WaitAsync(Patience);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or InvalidOperationException)
        {
            Volatile.Write(ref _awayUntil, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
            logger.LogDebug(e, "Redis is away");
            return default;
        }
    }
}
