using StackExchange.Redis;

namespace Commerce.Order.Carts;

/// <summary>
/// Carts as Redis hashes, fruit id → boxes; unused ones are forgotten after 30 days. Each call ends within
/// <see cref="Patience"/>.
/// </summary>
/// <exception cref="RedisException">Redis is away.</exception>
/// <exception cref="TimeoutException">Redis hangs.</exception>
internal sealed class CartStore(IConnectionMultiplexer redis)
{
    public const int MostFruits = 50;
    public const int MostBoxes = 99;

    // Scripts are sent whole (NoScriptCache): a restarted Redis has forgotten them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    // Checked and written in one step: two tabs cannot add a fruit too many.
    private const string PutScript = """
        if redis.call('hexists', KEYS[1], ARGV[1]) == 0 and redis.call('hlen', KEYS[1]) >= tonumber(ARGV[4]) then
          return 0
        end
        redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
        redis.call('expire', KEYS[1], ARGV[3])
        return 1
        """;

    // The guest's cart goes in the same step, so that a merge that is sent twice adds once.
    private const string MergeScript = """
        local guest = redis.call('hgetall', KEYS[1])
        for i = 1, #guest, 2 do
          local own = redis.call('hget', KEYS[2], guest[i])
          if own or redis.call('hlen', KEYS[2]) < tonumber(ARGV[3]) then
            local sum = tonumber(own or 0) + tonumber(guest[i + 1])
            redis.call('hset', KEYS[2], guest[i], math.min(sum, tonumber(ARGV[2])))
          end
        end
        redis.call('del', KEYS[1])
        redis.call('expire', KEYS[2], ARGV[1])
        return 1
        """;

    private IDatabase Database => redis.GetDatabase();

    public async Task<IReadOnlyDictionary<Guid, int>> GetAsync(CartOwner owner)
    {
        var entries = await Database.HashGetAllAsync(owner.Key).WaitAsync(Patience);
        return entries.ToDictionary(entry => Guid.Parse((string)entry.Name!), entry => (int)entry.Value);
    }

    /// <summary>Sets the number of boxes; false when the cart already has <see cref="MostFruits"/> other fruits.</summary>
    public async Task<bool> PutAsync(CartOwner owner, Guid fruitId, int quantity) =>
        (int)
            await Database
                .ScriptEvaluateAsync(
                    PutScript,
                    [owner.Key],
                    [fruitId.ToString(), quantity, (long)Kept.TotalSeconds, MostFruits],
                    CommandFlags.NoScriptCache
                )
                .WaitAsync(Patience) == 1;

    public Task RemoveAsync(CartOwner owner, Guid fruitId) =>
        Database.HashDeleteAsync(owner.Key, fruitId.ToString()).WaitAsync(Patience);

    /// <summary>Boxes of the same fruit add up to at most <see cref="MostBoxes"/>; the guest's cart is gone afterwards.</summary>
    public Task MergeAsync(CartOwner guest, CartOwner account) =>
        Database
            .ScriptEvaluateAsync(
                MergeScript,
                [guest.Key, account.Key],
                [(long)Kept.TotalSeconds, MostBoxes, MostFruits],
                CommandFlags.NoScriptCache
            )
            .WaitAsync(Patience);

    /// <summary>Takes out what was ordered. Sent and not waited for: an order does not depend on Redis.</summary>
    public void Forget(CartOwner owner, IEnumerable<Guid> fruitIds)
    {
        try
        {
            Database.HashDelete(
                owner.Key,
                [.. fruitIds.Select(id => (RedisValue)id.ToString())],
                CommandFlags.FireAndForget
            );
        }
        catch (RedisException)
        {
            // The cart keeps its items; the shopper can take them out.
        }
    }
}
