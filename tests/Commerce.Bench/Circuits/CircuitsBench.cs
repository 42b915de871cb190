using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Commerce.Bench.Processes;

namespace Commerce.Bench.Circuits;

/// <summary>
/// What a visitor with an open page costs the storefront, beside one of an app that does nothing. Both servers are new in each
/// repetition: a heap that has grown once hides what comes later.
/// </summary>
internal sealed class CircuitsBench : IBench
{
    private const string Path = "/fruits";
    private const int AtOnce = 8;
    private const int First = 30;

    private const string Ours = "memory per circuit on " + Path;
    private const string Empty = "beside: memory per circuit of an empty app";

    private readonly Samples _samples = new();

    public string Name => "circuits";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        for (var i = 0; i < settings.Repetitions; i++)
        {
            await using (var platform = await BenchPlatform.StartAsync())
            {
                var storefront = platform.Processes["storefront"];
                var opened = await MeasureAsync(Ours, platform.Address("storefront", Path), storefront, settings);
                _samples.Add("start (socket to first drawing) p50", "ms", opened.Times[0]);
                _samples.Add("start (socket to first drawing) p99", "ms", opened.Times[1]);
                _samples.Add("drawn per circuit", "kB", opened.RenderedKb);
            }

            await using var empty = await OwnProcess.StartAsync(EmptyShop.Role, "");
            await MeasureAsync(Empty, empty.Address, empty.Id, settings);
        }

        return new BenchResult(
            Name,
            _samples.Figures,
            [Goal.Ratio("circuit / empty circuit", _samples[Ours], _samples[Empty], 1.5, atLeast: false)],
            [],
            [
                $"{settings.Circuits} circuits at once. Memory is resident memory, some seconds after the last was opened, less "
                    + $"what it was after {First} others had come and gone.",
            ]
        );
    }

    private async Task<(double[] Times, double RenderedKb)> MeasureAsync(
        string name,
        Uri page,
        int process,
        BenchSettings settings
    )
    {
        // The first visitors pay for compiling; what they leave is the floor.
        await CloseAsync(await OpenAsync(page, First));
        await Task.Delay(settings.Duration);
        var before = ProcessTimes.ResidentMb(process);
        var circuits = await OpenAsync(page, settings.Circuits);
        // Long enough for a garbage collection or two.
        await Task.Delay(settings.Duration);
        var after = ProcessTimes.ResidentMb(process);
        _samples.Add(name, "kB", (after - before) * 1024 / circuits.Count);

        var times = new Latencies();
        circuits.ForEach(circuit => times.Add(circuit.StartTime.TotalMilliseconds));
        var rendered = circuits.Average(circuit => circuit.Rendered) / 1024;
        await CloseAsync(circuits);
        return (times.Percentiles(0.5, 0.99), rendered);
    }

    private static async Task<List<Circuit>> OpenAsync(Uri page, int count)
    {
        var circuits = new Circuit[count];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = limit.Token },
            async (i, token) => circuits[i] = await Circuit.OpenAsync(page, token)
        );
        return [.. circuits];
    }

    private static async Task CloseAsync(List<Circuit> circuits)
    {
        foreach (var circuit in circuits)
        {
            await circuit.DisposeAsync();
        }
    }
}
