using System.Diagnostics;
using Commerce.Contracts;

namespace Commerce.Chaos;

/// <summary>Orders and faults side by side, then rest, then the books are checked.</summary>
internal sealed class ChaosRun(PlatformUnderTest platform, ChaosOptions options, TextWriter console)
{
    private const int Fruits = 8;
    private const int BuyersAtOnce = 12;
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(90);

    public async Task<ChaosReport> RunAsync()
    {
        var random = new Random(options.Seed);
        using var shopping = new Shopping(platform.Urls);
        await platform.WaitUntilHealthyAsync(Recovery);
        await shopping.RegisterAsync(Math.Clamp(options.Orders / 10, 4, 40));
        // Too few boxes for everyone: some orders are to be rejected.
        var expected = options.Orders * (int)Math.Ceiling((options.For?.TotalMinutes ?? 0.5) * 2);
        var boxes = Math.Max(5, expected * 3 / 2 / Fruits * 4 / 5);
        var fruits = await shopping.StockAsync(Fruits, boxes);

        var faults =
            options.Faults.Count > 0 ? [.. options.Faults] : Faults.All.Keys.Order(StringComparer.Ordinal).ToArray();
        random.Shuffle(faults);
        faults = faults[..Math.Min(options.Kinds ?? faults.Length, faults.Length)];
        var outcomes = new List<Outcome>();
        var incidents = new List<Incident>();
        var vitals = new List<ResourceSamples>();
        var watch = Stopwatch.StartNew();
        foreach (var (fault, wishes) in Plan(faults, random, fruits, shopping.Buyers, watch))
        {
            incidents.Add(await UnderFaultAsync(fault, wishes, shopping, random, outcomes));
            await console.WriteLineAsync(
                $"  {fault}: {wishes.Count} orders, well again after {incidents[^1].Recovery.TotalSeconds:0.0} s"
            );
            if (options.For is not null)
            {
                vitals.Add(await ResourceSamples.TakeAsync(platform, watch.Elapsed));
            }
        }

        var placing = watch.Elapsed;
        var admin = await shopping.SignInAsync(DemoAccounts.AdminEmail);
        var (books, quietAfter) = await Quiescence.ComeAsync(platform, admin, options.QuietWithin);
        return new ChaosReport(
            options,
            incidents,
            outcomes,
            books,
            [.. Invariants.Check(books, outcomes), .. ResourceSamples.Growth(vitals)],
            vitals,
            placing,
            quietAfter,
            console
        );
    }

    /// <summary>Which orders are placed beside which fault: every order once, or the same number again and again until time is up.</summary>
    private IEnumerable<(string Fault, List<Wish> Wishes)> Plan(
        string[] faults,
        Random random,
        IReadOnlyList<Guid> fruits,
        int buyers,
        Stopwatch watch
    )
    {
        if (options.For is { } limit)
        {
            for (var i = 0; watch.Elapsed < limit; i++)
            {
                yield return (faults[i % faults.Length], Wishes.Make(random, options.Orders, fruits, buyers));
            }

            yield break;
        }

        var wishes = Wishes.Make(random, options.Orders, fruits, buyers);
        for (var i = 0; i < faults.Length; i++)
        {
            yield return (
                faults[i],
                wishes[(wishes.Count * i / faults.Length)..(wishes.Count * (i + 1) / faults.Length)]
            );
        }
    }

    private async Task<Incident> UnderFaultAsync(
        string name,
        List<Wish> wishes,
        Shopping shopping,
        Random random,
        List<Outcome> outcomes
    )
    {
        // Each gets its own generator: how the threads run must not change what the seed means.
        var seeds = wishes.ToDictionary(wish => wish, _ => random.Next());
        var (faultSeed, delay) = (random.Next(), random.Next(500));
        var placing = Parallel.ForEachAsync(
            wishes,
            new ParallelOptions { MaxDegreeOfParallelism = BuyersAtOnce },
            async (wish, _) =>
            {
                var outcome = await shopping.PlaceAsync(wish, new Random(seeds[wish]));
                lock (outcomes)
                {
                    outcomes.Add(outcome);
                }
            }
        );
        await Task.Delay(delay);
        var watch = Stopwatch.StartNew();
        await Faults.All[name](platform, new Random(faultSeed));
        var lasted = watch.Elapsed;
        await platform.WaitUntilHealthyAsync(Recovery);
        var recovery = watch.Elapsed - lasted;
        await placing;
        return new Incident(name, wishes.Count, lasted, recovery);
    }
}
