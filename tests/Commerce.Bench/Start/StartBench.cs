using System.Diagnostics;
using Commerce.Bench.Core;
using Commerce.Messaging.Kafka;

namespace Commerce.Bench.Start;

/// <summary>How long a developer waits for the shop, and what the platform takes from the machine when nobody comes.</summary>
internal sealed class StartBench : IBench
{
    private const string FirstPage = "run to first page, empty data";
    private const string Memory = "memory of all processes, idle";
    private const double MostSeconds = 15;
    private const double MostMb = 2_500;

    private readonly Samples _samples = new();

    public string Name => "start";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        var quick = settings == BenchSettings.Quick;
        for (var i = 0; i < settings.Repetitions; i++)
        {
            var home = Path.Combine(Path.GetTempPath(), "commerce-bench-" + Guid.NewGuid().ToString("N"));
            try
            {
                await using (var platform = await StartedPlatform.RunAsync(home))
                {
                    _samples.Add(FirstPage, "s", platform.ToFirstPage.TotalSeconds);
                    _samples.Add("run to everything healthy, empty data", "s", platform.ToHealthy.TotalSeconds);
                    await IdleAsync(platform, TimeSpan.FromSeconds(quick ? 5 : 20), settings.Duration);
                }

                await using var again = await StartedPlatform.RunAsync(home);
                _samples.Add("run to first page, existing data", "s", again.ToFirstPage.TotalSeconds);
            }
            finally
            {
                Directory.Delete(home, recursive: true);
            }
        }

        return new BenchResult(
            Name,
            _samples.Figures,
            [
                Goal.Of(_samples[FirstPage], MostSeconds, atLeast: false),
                Goal.Of(_samples[Memory], MostMb, atLeast: false),
            ],
            [],
            [
                "Memory is proportional: what processes share is counted once. The app host, DCP and the Aspire dashboard are among them.",
            ]
        );
    }

    private async Task IdleAsync(StartedPlatform started, TimeSpan rest, TimeSpan duration)
    {
        await Task.Delay(rest);
        var trees = started.Processes().ToDictionary(all => all.Key, all => all.ToList(), StringComparer.Ordinal);
        var before = trees.ToDictionary(tree => tree.Key, tree => tree.Value.Sum(ProcessTimes.CpuSeconds));
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var memory = trees.ToDictionary(tree => tree.Key, tree => tree.Value.Sum(ProcessTimes.ProportionalMb));
        var cpu = trees.ToDictionary(
            tree => tree.Key,
            tree => (tree.Value.Sum(ProcessTimes.CpuSeconds) - before[tree.Key]) / seconds * 100
        );

        _samples.Add(Memory, "MB", memory.Values.Sum());
        _samples.Add("CPU of all processes, idle", "% of a core", cpu.Values.Sum());
        foreach (var name in trees.Keys.Order(StringComparer.Ordinal))
        {
            _samples.Add($"memory: {name}", "MB", memory[name]);
            _samples.Add($"CPU idle: {name}", "% of a core", cpu[name]);
        }
    }
}
