using Commerce.Bench.Core;

namespace Commerce.Bench.Checkout;

/// <summary>What an order costs, in CPU time and in bytes of PostgreSQL's log, at as many orders as come through.</summary>
internal sealed class CostBench : IBench
{
    private const int Clients = 16;

    /// <summary>Followed by a resource's name; docs/scaling.md is computed from these.</summary>
    public const string CpuOf = "CPU per order: ";

    public const string Wal = "WAL per order";

    public string Name => "cost";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var busy = await BusyMarket.OpenAsync(settings);
        var limit = await HandWrittenSql.PrepareAsync(busy.Platform, busy.Market.Fruits);

        var samples = new Samples();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            var ours = await busy.MostAsync(settings.Duration);
            samples.Add("CPU per order, whole platform", "CPU-ms", ours.CpuMs.Values.Sum());
            samples.Add(Wal, "kB", ours.WalBytes / 1000);
            foreach (var (resource, milliseconds) in ours.CpuMs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                samples.Add(CpuOf + resource, "CPU-ms", milliseconds);
            }

            samples.Add("CPU per order, the generator", "CPU-ms", ours.GeneratorCpuMs);
            var beside = await limit.MostAsync(Clients, settings.Duration);
            samples.Add("limit: CPU per order, hand-written SQL", "CPU-ms", beside.CpuMs);
            samples.Add("limit: WAL per order, hand-written SQL", "kB", beside.WalBytes / 1000);
        }

        return new BenchResult(
            Name,
            samples.Figures,
            [
                Goal.Ratio(
                    "CPU per order, × the limit's",
                    samples["CPU per order, whole platform"],
                    samples["limit: CPU per order, hand-written SQL"],
                    3,
                    atLeast: false
                ),
                Goal.Ratio(
                    "WAL per order, × the limit's",
                    samples[Wal],
                    samples["limit: WAL per order, hand-written SQL"],
                    3,
                    atLeast: false
                ),
            ],
            [],
            [
                "The limit's CPU is PostgreSQL's and the program's own; the platform's is that of every process but the generator.",
            ]
        );
    }
}
