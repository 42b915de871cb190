using System.Diagnostics;
using Commerce.Bench.Core;
using Commerce.Bench.Processes;

namespace Commerce.Bench.Events;

/// <summary>
/// From a service's commit to a consumer: the relay that reads PostgreSQL's log, beside the broker without a database and beside
/// an outbox that is polled.
/// </summary>
internal sealed class RelayBench : IBench
{
    private const int Rows = 50;
    private const int Writers = 4;

    // So many that PostgreSQL can put their commits on disk together.
    private const int SingleWriters = 16;

    private const string Ours = "relay: events/s, 50 rows per transaction";
    private const string Single = "relay: events/s, one row per transaction";
    private const string Backlog = "relay: events/s from a backlog, nobody writes";
    private const string Raw = "beside: producer and consumer, same messages";
    private const string Bare = "beside: producer and consumer, payload only";
    private const string Polling = "beside: polled outbox, 50 rows per transaction";

    private readonly Samples _samples = new();
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);
    private readonly List<EventLatencies> _relayed = [];
    private readonly List<EventLatencies> _polled = [];

    public string Name => "relay";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var servers = await EventServers.StartAsync();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            var half = await RelayAsync(servers, settings.Duration);
            await RawAsync(servers, Raw, bare: false, settings.Duration / 2);
            await RawAsync(servers, Bare, bare: true, settings.Duration / 2);
            await PollAsync(servers, half, settings.Duration);
        }

        return new BenchResult(
            Name,
            _samples.Figures,
            [
                Goal.Ratio("relay / raw producer and consumer, payload only", _samples[Ours], _samples[Bare], 0.5),
                Goal.Ratio("relay / the same messages raw", _samples[Ours], _samples[Raw], null),
                Goal.Ratio("relay / polled outbox", _samples[Ours], _samples[Polling], 5),
                Goal.Of(_samples["relay: commit → consumed p50, half load"], 10, atLeast: false),
                Goal.Of(_samples["relay: commit → consumed p99, half load"], 60, atLeast: false),
            ],
            [
                new Chart(
                    "Commit to consumed at half load",
                    "one event of so many takes longer",
                    "ms",
                    [Curve("relay", _relayed), Curve("polled outbox", _polled)],
                    LogX: true
                ),
            ],
            [
                .. _notes,
                "Half load is half of what comes through with one row per transaction; the polled outbox gets the same "
                    + "rate, or half of its own most where that is less.",
            ]
        );
    }

    /// <returns>The rate at which latencies were taken.</returns>
    private async Task<double> RelayAsync(EventServers servers, TimeSpan duration)
    {
        await using var stage = await servers.NewStageAsync();
        var service = await StartServiceAsync(stage);
        await using var sink = new OutboxSink(stage);
        await using var reader = new EventReader(stage.Kafka, new Stamps());
        var load = new EventLoad(sink, reader);
        await load.WriteAsync(1);
        await load.DrainAsync();

        var (most, cores) = await load.MostAsync(Writers, Rows, duration, [.. stage.Parties, ("relay", service.Id)]);
        _samples.Add(Ours, "events/s", most);
        AddCpu("relay", most, cores);
        var (single, _) = await load.MostAsync(SingleWriters, 1, duration / 2);
        _samples.Add(Single, "events/s", single);
        var steady = await load.SteadyAsync(single / 2, 1, duration);
        AddLatencies("relay: ", ", half load", steady);
        _relayed.Add(steady);
        AddLatencies("relay: ", ", half load of 50 rows", await load.SteadyAsync(most / 2, Rows, duration));

        await service.DisposeAsync();
        await BacklogAsync(stage, load, reader, duration);
        if (reader.Doubles > 0)
        {
            _notes.Add($"{reader.Doubles} events came twice, of {reader.Count}.");
        }

        return single / 2;
    }

    /// <summary>What the relay alone can do: everything is written before it is started.</summary>
    private async Task BacklogAsync(EventServers.Stage stage, EventLoad load, EventReader reader, TimeSpan duration)
    {
        var (begin, count) = (reader.Count, (int)duration.TotalSeconds * 10_000);
        await Parallel.ForAsync(
            0,
            count / Rows,
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (_, _) => await load.WriteAsync(Rows)
        );
        await using var service = await StartServiceAsync(stage);
        // The first half also compiles the relay.
        await reader.WaitAsync(begin + (count / 2), TimeSpan.FromMinutes(2));
        var (from, began) = (reader.Count, Stopwatch.GetTimestamp());
        await load.DrainAsync();
        _samples.Add(Backlog, "events/s", (reader.Count - from) / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private async Task RawAsync(EventServers servers, string name, bool bare, TimeSpan duration)
    {
        await using var stage = await servers.NewStageAsync();
        await using var sink = new RawSink(stage, bare);
        await using var reader = new EventReader(stage.Kafka, new Stamps());
        var load = new EventLoad(sink, reader);
        var (most, cores) = await load.MostAsync(1, Rows, duration, stage.Parties);
        _samples.Add(name, "events/s", most);
        AddCpu(name, most, cores);
    }

    private async Task PollAsync(EventServers servers, double half, TimeSpan duration)
    {
        await using var stage = await servers.NewStageAsync();
        await using var relay = await OwnProcess.StartAsync(
            PollingRelay.Role,
            new PollingRelayOptions(stage.Database, stage.Kafka)
        );
        await using var sink = new PollingSink(stage);
        await using var reader = new EventReader(stage.Kafka, new Stamps());
        var load = new EventLoad(sink, reader);
        var (most, cores) = await load.MostAsync(Writers, Rows, duration, [.. stage.Parties, ("relay", relay.Id)]);
        _samples.Add(Polling, "events/s", most);
        AddCpu("polled outbox", most, cores);
        var steady = await load.SteadyAsync(Math.Min(half, most / 2), 1, duration);
        AddLatencies("beside: polled outbox, ", ", the same load", steady);
        _polled.Add(steady);
    }

    private static Task<OwnProcess> StartServiceAsync(EventServers.Stage stage) =>
        OwnProcess.StartAsync(EventService.Role, new EventServiceOptions(stage.Database, stage.Kafka, Consumes: false));

    private void AddLatencies(string before, string after, EventLatencies latencies)
    {
        var commit = latencies.FromCommit.Percentiles(0.5, 0.99);
        _samples.Add($"{before}commit → consumed p50{after}", "ms", commit[0]);
        _samples.Add($"{before}commit → consumed p99{after}", "ms", commit[1]);
        _samples.Add($"{before}the commit alone p50{after}", "ms", latencies.Commit.Percentiles(0.5)[0]);
        _samples.Add($"{before}due → consumed p99{after}", "ms", latencies.FromDue.Percentiles(0.99)[0]);
    }

    private void AddCpu(string run, double perSecond, IReadOnlyDictionary<string, double> cores)
    {
        foreach (var (party, used) in cores)
        {
            _samples.Add($"{run}: CPU of {party}", "µs/event", used / perSecond * 1e6);
        }

        if (CpuWatch.Verdict(run, cores) is { } note)
        {
            _notes.Add(note);
        }
    }

    private static Line Curve(string label, IReadOnlyList<EventLatencies> runs)
    {
        double[] oneOf = [2, 4, 10, 20, 50, 100, 200, 500, 1000];
        var last = runs[^1].FromCommit.Percentiles([.. oneOf.Select(n => 1 - (1 / n))]);
        return new Line(label, [.. oneOf.Zip(last)]);
    }
}
