using System.Globalization;
using Commerce.Bench.Core;

namespace Commerce.Bench.Checkout;

/// <summary>
/// Orders through HTTP and the saga until they are confirmed, beside a program that only writes the same rows.
/// </summary>
internal sealed class CheckoutBench : IBench
{
    private const int Clients = 16;
    private const string AtHalf = "place → confirmed at half of it, ";
    private static readonly double[] Steps = [0.25, 0.5, 0.75, 0.9];

    public string Name => "checkout";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var busy = await BusyMarket.OpenAsync(settings);
        var limit = await HandWrittenSql.PrepareAsync(busy.Platform, busy.Market.Fruits);

        var ours = new List<LoadResult>();
        var beside = new List<double>();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            ours.Add(await busy.MostAsync(settings.Duration));
            beside.Add((await limit.MostAsync(Clients, settings.Duration)).PerSecond);
        }

        var most = new Figure("orders confirmed per second", "orders/s", [.. ours.Select(r => r.PerSecond)]);
        var limitMost = new Figure("limit: hand-written SQL", "orders/s", beside);
        var figures = new List<Figure> { most, limitMost };
        var curve = new List<(double PerSecond, double P50, double P99)>();
        foreach (var step in Steps)
        {
            var since = DateTime.UtcNow;
            var result = await busy.Load.SteadyAsync(most.Median * step, settings.Duration);
            var p = result.Latencies.Percentiles(0.5, 0.99, 0.999);
            curve.Add((result.PerSecond, p[0], p[1]));
            if (step == 0.5)
            {
                figures.Add(Figure.Once(AtHalf + "p50", "ms", p[0]));
                figures.Add(Figure.Once(AtHalf + "p99", "ms", p[1]));
                figures.Add(Figure.Once(AtHalf + "p99.9", "ms", p[2]));
                figures.AddRange(await Stages.ReadAsync(busy.Platform, since));
            }
        }

        var p99 = figures.Single(f => f.Name == AtHalf + "p99");
        return new BenchResult(
            Name,
            figures,
            [
                Goal.Of(most, 2_000, atLeast: true),
                Goal.Ratio("share of the limit", most, limitMost, 0.5),
                Goal.Of(p99, 250, atLeast: false),
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
