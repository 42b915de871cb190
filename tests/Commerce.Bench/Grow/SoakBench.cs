using System.Globalization;
using Commerce.Bench.Checkout;
using Commerce.Bench.Core;

namespace Commerce.Bench.Grow;

/// <summary>A million orders, one after the other, through everything: does it become slower, or take longer?</summary>
internal sealed class SoakBench : IBench
{
    private const int Orders = 1_000_000;
    private const int Marks = 10;

    /// <summary>Marks that are compared on either side: one alone says what the machine did in that minute.</summary>
    private const int Compared = 3;

    private const string First = ", first marks";
    private const string Last = ", last marks";
    private const string Most = "orders confirmed per second";
    private const string P50 = "place → confirmed p50, at a steady rate";
    private const string P99 = "place → confirmed p99, at a steady rate";
    private static readonly TimeSpan Stretch = TimeSpan.FromMinutes(1);

    public string Name => "soak";

    private sealed record Mark(double Orders, double Most, double P50, double P99);

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        var quick = settings == BenchSettings.Quick;
        var (orders, stretch) = quick ? (Orders / 100, settings.Duration) : (Orders, Stretch);
        await using var busy = await BusyMarket.OpenAsync(settings);

        var (done, rate) = (0, 0.0);
        var marks = new List<Mark>();
        for (var next = 0; next <= orders; next += orders / Marks)
        {
            LoadResult most;
            do
            {
                most = await busy.MostAsync(stretch);
                done += most.Confirmed;
            } while (done < next);

            // The same rate to the end: what is compared is the latency.
            rate = rate == 0 ? most.PerSecond / 2 : rate;
            var steady = await busy.Load.SteadyAsync(rate, stretch / 3);
            done += steady.Confirmed;
            var times = steady.Latencies.Percentiles(0.5, 0.99);
            marks.Add(new Mark(done, most.PerSecond, times[0], times[1]));
        }

        var samples = new Samples();
        Add(samples, First, marks.Take(Compared));
        Add(samples, Last, marks.TakeLast(Compared));
        return new BenchResult(
            Name,
            samples.Figures,
            [
                Goal.Ratio(Most + ", × the first", samples[Most + Last], samples[Most + First], 0.9),
                Goal.Ratio(P99 + ", × the first", samples[P99 + Last], samples[P99 + First], 1.25, atLeast: false),
            ],
            [
                new Chart(
                    "A million orders: how many come through",
                    "orders so far",
                    "orders/s",
                    [Line(Most, marks, mark => mark.Most)]
                ),
                new Chart(
                    "A million orders: how long one takes at a steady rate",
                    "orders so far",
                    "ms",
                    [Line("p50", marks, mark => mark.P50), Line("p99", marks, mark => mark.P99)]
                ),
            ],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{done:#,0} orders in all; the steady rate: {rate:0} orders/s, for a third of a minute at each of {marks.Count} marks."
                ),
            ]
        );
    }

    private static void Add(Samples samples, string which, IEnumerable<Mark> marks)
    {
        foreach (var mark in marks)
        {
            samples.Add(Most + which, "orders/s", mark.Most);
            samples.Add(P50 + which, "ms", mark.P50);
            samples.Add(P99 + which, "ms", mark.P99);
        }
    }

    private static Line Line(string label, List<Mark> marks, Func<Mark, double> value) =>
        new(label, marks.ConvertAll(mark => (mark.Orders, value(mark))));
}
