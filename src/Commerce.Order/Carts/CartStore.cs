using System.Globalization;
using StackExchange.Redis;

namespace Commerce.Order.Carts;

/// <summary>Boxes of a fruit in a cart, and the price (whole KRW) that the shopper saw when they were put in.</summary>
internal sealed record CartEntry(int Quantity, long? SeenPriceKrw)
{
    /// <summary>Reads <c>quantity|price</c>; the price may be missing.</summary>
    public static CartEntry Parse(string text)
    {
        var parts = text.Split('|');
        return new(
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            parts.Length > 1 && parts[1].Length > 0 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : null
        );
    }
}

/// <summary>A cart as it is kept; <paramref name="CheckoutKey"/> null for guests and empty carts.</summary>
internal sealed record StoredCart(IReadOnlyDictionary<Guid, CartEntry> Entries, string? CheckoutKey);

/// <summary>
/// Carts as Redis hashes, fruit id → <c>quantity|seen price</c>; unused ones are forgotten after 30 days. An account's cart
/// also has the key under which it is ordered. Each call ends within <see cref="Patience"/>.
/// </summary>
/// <exception cref="RedisException">Redis is away.</exception>
/// <exception cref="TimeoutException">Redis hangs.</exception>
internal sealed class CartStore(IConnectionMultiplexer redis)
{
    public const int MostFruits = 50;
    public const int MostBoxes = 99;

    private const string CheckoutField = "checkout";

    // Scripts are sent whole (NoScriptCache): a restarted Redis has forgotten them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>In every script: how many fruits a cart holds, and the end of a change. ARGV 1–3: expiry, most fruits, key.</summary>
    private const string Shared = """
        local function fruits(cart)
          return redis.call('hlen', cart) - redis.call('hexists', cart, 'checkout')
        end
        local function done(cart)
          redis.call('expire', cart, ARGV[1])
          if ARGV[3] ~= '' and fruits(cart) > 0 then redis.call('hsetnx', cart, 'checkout', ARGV[3]) end
        end

        """;

    // Checked and written in one step: two tabs cannot add a fruit too many.
    private const string PutScript =
        Shared
        + """
            local old = redis.call('hget', KEYS[1], ARGV[4])
            if not old and fruits(KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
            local seen = ARGV[6]
            if old and ARGV[7] == '0' then seen = string.match(old, '|(%d+)$') or '' end
            redis.call('hset', KEYS[1], ARGV[4], ARGV[5] .. '|' .. seen)
            done(KEYS[1])
            return 1
            """;

    // The guest's cart goes in the same step, so that a merge that is sent twice adds once. The guest saw the later price.
    private const string MergeScript =
        Shared
        + """
            local guest = redis.call('hgetall', KEYS[1])
            for i = 1, #guest, 2 do
              local own = redis.call('hget', KEYS[2], guest[i])
              if own or fruits(KEYS[2]) < tonumber(ARGV[2]) then
                local sum = tonumber(string.match(own or '0', '^%d+')) + tonumber(string.match(guest[i + 1], '^%d+'))
                local seen = string.match(guest[i + 1], '|%d*$') or '|'
                redis.call('hset', KEYS[2], guest[i], math.min(sum, tonumber(ARGV[4])) .. seen)
              end
            end
            redis.call('del', KEYS[1])
            done(KEYS[2])
            return 1
            """;

    // What is in the cart again by now stays as it is.
    private const string GiveBackScript =
        Shared
        + """
            for i = 4, #ARGV, 2 do
              if fruits(KEYS[1]) < tonumber(ARGV[2]) then redis.call('hsetnx', KEYS[1], ARGV[i], ARGV[i + 1]) end
            end
            done(KEYS[1])
            """;

    // Only the cart that this key belongs to: by now there may be another one.
    private const string ForgetOrderedScript = """
        if redis.call('hget', KEYS[1], 'checkout') == ARGV[1] then redis.call('hdel', KEYS[1], 'checkout', unpack(ARGV, 2)) end
        """;

    private IDatabase Database => redis.GetDatabase();

    public async Task<StoredCart> GetAsync(CartOwner owner)
    {
        var entries = await Database.HashGetAllAsync(owner.Key).WaitAsync(Patience);
        var fruits = entries.Where(entry => entry.Name != CheckoutField);
        return new(
            fruits.ToDictionary(entry => Guid.Parse((string)entry.Name!), entry => CartEntry.Parse(entry.Value!)),
            entries.FirstOrDefault(entry => entry.Name == CheckoutField).Value
        );
    }

    /// <summary>Sets the number of boxes; false when the cart already has <see cref="MostFruits"/> other fruits.</summary>
    /// <param name="seen">Today's price counts as seen also when the fruit is in the cart already.</param>
    public async Task<bool> PutAsync(CartOwner owner, Guid fruitId, int quantity, long priceKrw, bool seen) =>
        (int)await RunAsync(PutScript, [owner.Key], owner, fruitId.ToString(), quantity, priceKrw, seen ? 1 : 0) == 1;

    public Task RemoveAsync(CartOwner owner, Guid fruitId) =>
        Database.HashDeleteAsync(owner.Key, fruitId.ToString()).WaitAsync(Patience);

    /// <summary>Boxes of the same fruit add up to at most <see cref="MostBoxes"/>; the guest's cart is gone afterwards.</summary>
    public Task MergeAsync(CartOwner guest, CartOwner account) =>
        RunAsync(MergeScript, [guest.Key, account.Key], account, MostBoxes);

    /// <summary>Puts back what an order did not bring.</summary>
    public Task GiveBackAsync(CartOwner owner, IEnumerable<(Guid FruitId, CartEntry Entry)> boxes) =>
        RunAsync(
            GiveBackScript,
            [owner.Key],
            owner,
            [
                .. boxes.SelectMany(box =>
                    new RedisValue[] { box.FruitId.ToString(), $"{box.Entry.Quantity}|{box.Entry.SeenPriceKrw}" }
                ),
            ]
        );

    /// <summary>Takes out what was ordered. Sent and not waited for: an order does not depend on Redis.</summary>
    public void Forget(CartOwner owner, IEnumerable<Guid> fruitIds) =>
        Send(database =>
            database.HashDelete(
                owner.Key,
                [CheckoutField, .. fruitIds.Select(id => (RedisValue)id.ToString())],
                CommandFlags.FireAndForget
            )
        );

    /// <summary>The same when an order turns out to have been placed earlier under <paramref name="key"/>.</summary>
    public void ForgetOrdered(CartOwner owner, string key, IEnumerable<Guid> fruitIds) =>
        Send(database =>
            database.ScriptEvaluate(
                ForgetOrderedScript,
                [owner.Key],
                [key, .. fruitIds.Select(id => (RedisValue)id.ToString())],
                CommandFlags.FireAndForget | CommandFlags.NoScriptCache
            )
        );

    private Task<RedisResult> RunAsync(
        string script,
        RedisKey[] keys,
        CartOwner owner,
        params ReadOnlySpan<RedisValue> arguments
    ) =>
        Database
            .ScriptEvaluateAsync(
                script,
                keys,
                [
                    (long)Kept.TotalSeconds,
                    MostFruits,
                    owner.IsAccount ? Guid.CreateVersion7().ToString() : "",
                    .. arguments,
                ],
                CommandFlags.NoScriptCache
            )
            .WaitAsync(Patience);

    private void Send(Action<IDatabase> command)
    {
        try
        {
            command(Database);
        }
        catch (RedisException)
        {
            // The cart keeps its items; the shopper can take them out.
        }
    }
}
