using System.Collections.Concurrent;

namespace Commerce.Chaos.Tests;

/// <summary>Buyers who place one order after the other until they are told to go home.</summary>
internal sealed class Crowd
{
    private const int Buyers = 5;
    private readonly ConcurrentQueue<Wish> _wishes;
    private readonly ConcurrentQueue<Outcome> _outcomes = new();
    private readonly Task _buying;
    private volatile bool _goHome;

    public Crowd(Shopping shopping, IReadOnlyList<Guid> fruits, int seed)
    {
        _wishes = new(Wishes.Make(new Random(seed), 5_000, fruits, shopping.Buyers));
        _buying = Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => BuyAsync(shopping, seed)));
    }

    /// <summary>Orders that were answered so far.</summary>
    public IReadOnlyList<Outcome> Outcomes => [.. _outcomes];

    public Task HaveBoughtAsync(int orders) =>
        Eventually.True(() => _buying.IsFaulted || _outcomes.Count >= orders, TimeSpan.FromMinutes(2));

    /// <summary>Returns when the last order under way was answered.</summary>
    public async Task<IReadOnlyList<Outcome>> GoHomeAsync()
    {
        _goHome = true;
        await _buying;
        return Outcomes;
    }

    private async Task BuyAsync(Shopping shopping, int seed)
    {
        while (!_goHome && _wishes.TryDequeue(out var wish))
        {
            _outcomes.Enqueue(await shopping.PlaceAsync(wish, new Random(seed + wish.Number)));
        }
    }
}
