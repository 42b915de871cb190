using System.Globalization;
using Commerce.Bench.Checkout;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;

namespace Commerce.Bench.Grow;

/// <summary>The same work on a market that has grown: ten thousand, a hundred thousand, a million fruits, a million old orders.</summary>
internal sealed class GrowBench : IBench
{
    private const int Browsers = 16;
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];
    private const int OldOrders = 1_000_000;

    private static readonly string[] Lists =
    [
        "fruits",
        "fruits?page=2",
        "fruits?category=apple",
        "fruits?category=pear&sort=price",
        "fruits?inSeason=true",
        "fruits?q=청송",
        "fruits?q=사과 부사",
        "fruits?sort=newest",
    ];

    public string Name => "grow";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        var shrink = settings == BenchSettings.Quick ? 100 : 1;
        await using var busy = await BusyMarket.OpenAsync(settings);
        var growth = new Growth(busy.Platform);

        var (figures, goals) = (new List<Figure>(), new List<Goal>());
        var (checkouts, lists, fruits) = (new List<Figure>(), new List<Figure>(), new List<Figure>());
        foreach (var size in Sizes.Select(size => size / shrink))
        {
            await growth.FruitsAsync(size);
            if (size == Sizes[^1] / shrink)
            {
                await growth.OrdersAsync(OldOrders / shrink);
            }

            await growth.SettleAsync();
            var label = string.Create(CultureInfo.InvariantCulture, $"{size:#,0} fruits");
            var (orders, pages, shown) = (new List<double>(), new List<double>(), new List<double>());
            for (var i = 0; i < settings.Repetitions; i++)
            {
                orders.Add((await busy.MostAsync(settings.Duration)).PerSecond);
                pages.Add(await BrowseAsync(busy.Platform, settings.Duration, n => Lists[n % Lists.Length]));
                shown.Add(
                    await BrowseAsync(
                        busy.Platform,
                        settings.Duration,
                        n => $"fruits/{busy.Market.Fruits[n % busy.Market.Fruits.Count]}"
                    )
                );
            }

            checkouts.Add(new Figure($"orders confirmed, {label}", "orders/s", orders));
            lists.Add(new Figure($"lists of fruits, {label}", "requests/s", pages));
            fruits.Add(new Figure($"single fruits, {label}", "requests/s", shown));
        }

        foreach (var grown in new[] { checkouts, lists, fruits })
        {
            figures.AddRange(grown);
            foreach (var larger in grown.Skip(1))
            {
                goals.Add(Goal.Ratio($"{larger.Name}, × the smallest", larger, grown[0], 0.9));
            }
        }

        return new BenchResult(
            Name,
            figures,
            goals,
            [
                new Chart(
                    "Throughput as the market grows",
                    "fruits",
                    "× the smallest market",
                    [
                        Line("orders confirmed", checkouts, shrink),
                        Line("lists of fruits", lists, shrink),
                        Line("single fruits", fruits, shrink),
                    ],
                    LogX: true
                ),
            ],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The largest market also has {OldOrders / shrink:#,0} old orders, with all that every service keeps of them."
                ),
            ]
        );
    }

    private static Line Line(string label, List<Figure> figures, int shrink) =>
        new(
            label,
            [.. figures.Select((figure, i) => ((double)(Sizes[i] / shrink), figure.Median / figures[0].Median))]
        );

    private static async Task<double> BrowseAsync(BenchPlatform platform, TimeSpan duration, Func<int, string> path)
    {
        var connections = Enumerable
            .Range(0, Browsers)
            .Select(_ => HttpConnection.To(platform.Address("catalog", "/")))
            .ToList();
        try
        {
            var (done, seconds) = await ClosedLoop.RunAsync(
                Browsers,
                duration,
                async (worker, n) =>
                {
                    var request = HttpConnection.Request("GET", platform.Address("catalog", path(n)), []);
                    var (status, _) = await connections[worker].SendAsync(request);
                    if (status != 200)
                    {
                        throw new InvalidOperationException($"GET {path(n)} answered {status}.");
                    }
                }
            );
            return done / seconds;
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }
}
