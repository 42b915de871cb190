using System.Globalization;
using Commerce.ServiceDefaults.Redis;
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
/// also has the key under which it is ordered. What is asked for throws <see cref="RedisAwayException"/> while Redis is away; what
/// is only told (<see cref="GiveBack"/> and the forgetting) is lost then.
/// </summary>
internal sealed class CartStore(RedisGate redis)
{
    private const string CheckoutField = "checkout";

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

    public async Task<StoredCart> GetAsync(CartKey owner)
    {
        var entries = await redis.AskAsync(database => database.HashGetAllAsync(owner.Key));
        var fruits = entries.Where(entry => entry.Name != CheckoutField);
        return new(
            fruits.ToDictionary(entry => Guid.Parse((string)entry.Name!), entry => CartEntry.Parse(entry.Value!)),
            entries.FirstOrDefault(entry => entry.Name == CheckoutField).Value
        );
    }

    /// <summary>Sets the number of boxes; false when the cart already has <see cref="CartLimits.MaxFruits"/> other fruits.</summary>
    /// <param name="seen">Today's price counts as seen also when the fruit is in the cart already.</param>
    public async Task<bool> PutAsync(CartKey owner, Guid fruitId, int quantity, long priceKrw, bool seen) =>
        (int)
            await redis.AskAsync(database =>
                RunAsync(database, PutScript, [owner.Key], owner, fruitId.ToString(), quantity, priceKrw, seen ? 1 : 0)
            ) == 1;

    public Task RemoveAsync(CartKey owner, Guid fruitId) =>
        redis.AskAsync(database => database.HashDeleteAsync(owner.Key, fruitId.ToString()));

    /// <summary>Boxes of the same fruit add up to at most <see cref="CartLimits.MaxBoxes"/>; the guest's cart is gone afterwards.</summary>
    public Task MergeAsync(CartKey guest, CartKey account) =>
        redis.AskAsync(database =>
            RunAsync(database, MergeScript, [guest.Key, account.Key], account, CartLimits.MaxBoxes)
        );

    /// <summary>Puts back what orders did not bring; all of them in one go. Sent and not waited for.</summary>
    public void GiveBack(
        IReadOnlyCollection<(CartKey Owner, IEnumerable<(Guid FruitId, CartEntry Entry)> Boxes)> carts
    ) =>
        _ = redis.TryAsync(database =>
            Task.WhenAll(
                carts.Select(cart =>
                    RunAsync(
                        database,
                        GiveBackScript,
                        [cart.Owner.Key],
                        cart.Owner,
                        [.. cart.Boxes.SelectMany(box => new[] { FieldOf(box.FruitId), ValueOf(box.Entry) })]
                    )
                )
            )
        );

    /// <summary>Takes out what was ordered. Sent and not waited for: an order does not depend on Redis.</summary>
    public void Forget(CartKey owner, IEnumerable<Guid> fruitIds) =>
        _ = redis.TryAsync(database =>
            database.HashDeleteAsync(owner.Key, [CheckoutField, .. fruitIds.Select(FieldOf)])
        );

    /// <summary>The same when an order turns out to have been placed earlier under <paramref name="key"/>.</summary>
    public void ForgetOrdered(CartKey owner, string key, IEnumerable<Guid> fruitIds) =>
        _ = redis.TryAsync(database =>
            database.ScriptEvaluateAsync(ForgetOrderedScript, [owner.Key], [key, .. fruitIds.Select(FieldOf)])
        );

    private static RedisValue FieldOf(Guid fruitId) => fruitId.ToString();

    private static RedisValue ValueOf(CartEntry entry) => $"{entry.Quantity}|{entry.SeenPriceKrw}";

    private static Task<RedisResult> RunAsync(
        IDatabase database,
        string script,
        RedisKey[] keys,
        CartKey owner,
        params ReadOnlySpan<RedisValue> arguments
    ) =>
        database.ScriptEvaluateAsync(
            script,
            keys,
            [
                (long)Kept.TotalSeconds,
                CartLimits.MaxFruits,
                owner.IsAccount ? Guid.CreateVersion7().ToString() : "",
                .. arguments,
            ]
        );
}
