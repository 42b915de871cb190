using System.Globalization;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;

namespace Commerce.Bench.Checkout;

/// <summary>
/// Orders through HTTP and the saga until they are confirmed, beside a program that only writes the same rows. Also what an
/// order costs in CPU and WAL, with the same limit.
/// </summary>
internal sealed class CheckoutBench : IBench
{
    private const int Shoppers = 64;
    private const int Clients = 16;
    private const string AtHalf = "place → confirmed at half of it, ";
    private static readonly double[] Steps = [0.25, 0.5, 0.75, 0.9];

    public string Name => "checkout";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var platform = await BenchPlatform.StartAsync();
        using var market = await Market.OpenAsync(platform, Shoppers, settings.Fruits);
        using var load = new OrderLoad(platform, market, market.Fruits);
        await load.MostAsync(Shoppers, settings.Duration);
        var limit = await HandWrittenSql.PrepareAsync(platform, market.Fruits);

        var ours = new List<LoadResult>();
        var beside = new List<(double PerSecond, double CpuMs, double WalBytes)>();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            ours.Add(await load.MostAsync(Shoppers, settings.Duration));
            beside.Add(await limit.MostAsync(Clients, settings.Duration));
        }

        var most = new Figure("orders confirmed per second", "orders/s", [.. ours.Select(r => r.PerSecond)]);
        var limitMost = new Figure("limit: hand-written SQL", "orders/s", [.. beside.Select(r => r.PerSecond)]);
        var figures = new List<Figure> { most, limitMost };
        var curve = new List<(double PerSecond, double P50, double P99)>();
        foreach (var step in Steps)
        {
            var since = DateTime.UtcNow;
            var result = await load.SteadyAsync(most.Median * step, settings.Duration);
            var p = result.Latencies.Percentiles(0.5, 0.99, 0.999);
            curve.Add((result.PerSecond, p[0], p[1]));
            if (step == 0.5)
            {
                figures.Add(Figure.Once(AtHalf + "p50", "ms", p[0]));
                figures.Add(Figure.Once(AtHalf + "p99", "ms", p[1]));
                figures.Add(Figure.Once(AtHalf + "p99.9", "ms", p[2]));
                figures.AddRange(await Stages.ReadAsync(platform, since));
            }
        }

        var p99 = figures.Single(f => f.Name == AtHalf + "p99");
        figures.AddRange(Costs(ours, beside));
        return new BenchResult(
            Name,
            figures,
            [
                Goal.Of(most, 2_000, atLeast: true),
                Goal.Ratio("share of the limit", most, limitMost, 0.5),
                Goal.Of(p99, 250, atLeast: false),
                Goal.Ratio("CPU per order, × the limit's", figures.Single(IsCpu), figures.Single(IsLimitCpu), 3, false),
                Goal.Ratio("WAL per order, × the limit's", figures.Single(IsWal), figures.Single(IsLimitWal), 3, false),
            ],
            [
                new Chart(
                    "Orders per second and time until confirmed",
                    "orders/s",
                    "ms",
                    [
                        new Line("p50", [.. curve.Select(c => (c.PerSecond, c.P50))]),
                        new Line("p99", [.. curve.Select(c => (c.PerSecond, c.P99))]),
                    ]
                ),
            ],
            Notes(ours)
        );
    }

    private static bool IsCpu(Figure figure) => figure.Name == "CPU per order, whole platform";

    private static bool IsLimitCpu(Figure figure) => figure.Name == "CPU per order, hand-written SQL";

    private static bool IsWal(Figure figure) => figure.Name == "WAL per order, whole platform";

    private static bool IsLimitWal(Figure figure) => figure.Name == "WAL per order, hand-written SQL";

    private static IEnumerable<Figure> Costs(
        List<LoadResult> ours,
        List<(double PerSecond, double CpuMs, double WalBytes)> beside
    )
    {
        yield return new("CPU per order, whole platform", "CPU-ms", [.. ours.Select(r => r.CpuMs.Values.Sum())]);
        yield return new("CPU per order, hand-written SQL", "CPU-ms", [.. beside.Select(r => r.CpuMs)]);
        yield return new("WAL per order, whole platform", "kB", [.. ours.Select(r => r.WalBytes / 1000)]);
        yield return new("WAL per order, hand-written SQL", "kB", [.. beside.Select(r => r.WalBytes / 1000)]);
        foreach (var resource in ours[0].CpuMs.Keys.Order(StringComparer.Ordinal))
        {
            yield return new($"CPU per order, {resource}", "CPU-ms", [.. ours.Select(r => r.CpuMs[resource])]);
        }

        yield return new("CPU per order, the generator", "CPU-ms", [.. ours.Select(r => r.GeneratorCpuMs)]);
    }

    private static List<string> Notes(List<LoadResult> ours)
    {
        var generator = ours.Average(r => r.GeneratorCpuMs);
        var platform = ours.Average(r => r.CpuMs.Values.Sum());
        var share = generator / (generator + platform);
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"The generator used {share:P0} of the CPU time and {(share > 0.25 ? "was part of the limit" : "was not the limit")}."
            ),
            string.Create(CultureInfo.InvariantCulture, $"Requests that got no order: {ours.Sum(r => r.Refused)}."),
        ];
    }
}
