using System.Diagnostics;
using Commerce.Contracts;
using Commerce.Contracts.Api;

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
        var vitals = new List<Vitals>();
        var watch = Stopwatch.StartNew();
        foreach (var (fault, wishes) in Plan(faults, random, fruits, shopping.Buyers, watch))
        {
            incidents.Add(await UnderFaultAsync(fault, wishes, shopping, random, outcomes));
            await console.WriteLineAsync(
                $"  {fault}: {wishes.Count} orders, well again after {incidents[^1].Recovery.TotalSeconds:0.0} s"
            );
            if (options.For is not null)
            {
                vitals.Add(await Vitals.TakeAsync(platform, watch.Elapsed));
            }
        }

        var placing = watch.Elapsed;
        var admin = await shopping.SignInAsync(DemoAccounts.AdminEmail);
        var (books, quietAfter) = await RestAsync(admin);
        return new ChaosReport(
            options,
            incidents,
            outcomes,
            books,
            [.. Invariants.Check(books, outcomes), .. Vitals.Growth(vitals)],
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
                yield return (faults[i % faults.Length], Wishes(random, fruits, buyers));
            }

            yield break;
        }

        var wishes = Wishes(random, fruits, buyers);
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

    /// <summary>Reads the books until nothing is under way any more, or time is up.</summary>
    private async Task<(Books Books, TimeSpan? After)> RestAsync(string admin)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var books = await Books.ReadAsync(platform, admin);
            if (IsQuiet(books))
            {
                // Once more: these were read table by table while the last event was still being handled.
                return (await Books.ReadAsync(platform, admin), watch.Elapsed);
            }

            if (watch.Elapsed > options.QuietWithin)
            {
                return (books, null);
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static bool IsQuiet(Books books) =>
        books.Orders.All(order => order.Status is "Delivered" or "Cancelled" or "Rejected")
        && books.Payments.All(payment => payment.State is "captured" or "declined" or "refunded" or "cancelled")
        && books.Consumers.All(consumer =>
            consumer.Retrying == 0
            && consumer.Topics.All(topic => books.Outboxes[topic].All(e => consumer.Handled.Contains(e.Id)))
        );

    private List<Wish> Wishes(Random random, IReadOnlyList<Guid> fruits, int buyers) =>
        [
            .. Enumerable
                .Range(1, options.Orders)
                .Select(number => new Wish(
                    number,
                    random.Next(buyers),
                    Behave(random.Next(100)),
                    [
                        .. fruits
                            .OrderBy(_ => random.Next())
                            .Take(random.Next(1, 3))
                            .Select(fruit => new PlaceOrderItem(fruit, random.Next(1, 3))),
                    ]
                )),
        ];

    private static Behaviour Behave(int percent) =>
        percent switch
        {
            < 8 => Behaviour.Decline,
            < 14 => Behaviour.Timeout,
            < 17 => Behaviour.Slow,
            < 21 => Behaviour.Flaky,
            < 28 => Behaviour.SubmitTwice,
            < 38 => Behaviour.Cancel,
            _ => Behaviour.Buy,
        };
}
