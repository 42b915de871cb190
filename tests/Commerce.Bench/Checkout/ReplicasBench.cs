using Commerce.Bench.Core;
using Commerce.Messaging.Kafka;

namespace Commerce.Bench.Checkout;

/// <summary>Two of every service on one box, which gains nothing there: it must work, and cost little.</summary>
internal sealed class ReplicasBench : IBench
{
    private static readonly string[] Services = ["identity", "catalog", "order", "payment", "delivery", "storefront"];

    public string Name => "replicas";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        var samples = new Samples();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            foreach (var replicas in new[] { 1, 2 })
            {
                await MeasureAsync(samples, settings, replicas);
            }
        }

        return new BenchResult(
            Name,
            samples.Figures,
            [Goal.Ratio("two of each, × one of each", samples[Most(2)], samples[Most(1)], 0.9)],
            [],
            ["A platform of its own for each repetition; twice as many processes share the same cores."]
        );
    }

    private static string Most(int replicas) => "orders confirmed per second, " + Each(replicas);

    private static string Each(int replicas) => replicas == 1 ? "one of each" : "two of each";

    private static async Task MeasureAsync(Samples samples, BenchSettings settings, int replicas)
    {
        await using var busy = await BusyMarket.OpenAsync(
            settings,
            // Twice as many processes compile what they do often: for the first minute it is most of what they do.
            warmUp: settings.Duration * 4,
            Services.ToDictionary(service => service, _ => replicas, StringComparer.Ordinal)
        );
        var most = await busy.MostAsync(settings.Duration);
        samples.Add(Most(replicas), "orders/s", most.PerSecond);
        samples.Add("CPU per order, " + Each(replicas), "CPU-ms", most.CpuMs.Values.Sum());
    }
}
