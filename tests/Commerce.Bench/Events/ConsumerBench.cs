using System.Diagnostics;
using Commerce.Bench.Core;
using Commerce.Bench.Processes;
using Confluent.Kafka;
using Npgsql;

namespace Commerce.Bench.Events;

/// <summary>
/// What a service can handle durably: inbox, one outbox row per event and its position, in batches as the platform has them,
/// beside the same with a transaction per message. Its own relay publishes the answers meanwhile, as in every service.
/// </summary>
internal sealed class ConsumerBench : IBench
{
    // 12 partitions of 5 MiB hold some 95,000 of these messages.
    private const int Events = 75_000;

    // The service compiles what it does often, and needs some time for it.
    private const int WarmUp = 40_000;

    private const string Batches = "handled events/s, batches of up to 500";
    private const string Single = "beside: handled events/s, one transaction each";

    private readonly Samples _samples = new();
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    public string Name => "consumer";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var servers = await EventServers.StartAsync();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            await HandleAsync(servers, Batches, null, WarmUp, settings.Duration * 4);
            await HandleAsync(servers, Single, 1, WarmUp / 50, settings.Duration);
        }

        return new BenchResult(
            Name,
            _samples.Figures,
            [
                Goal.Of(_samples[Batches], 10_000, atLeast: true),
                Goal.Ratio("batches / one transaction each", _samples[Batches], _samples[Single], 10),
            ],
            [],
            [
                .. _notes,
                "Counted from when the topic was full: the generator only asks, 50 times a second, how far the consumer is.",
            ]
        );
    }

    private async Task HandleAsync(EventServers servers, string name, int? batchSize, int warmUp, TimeSpan limit)
    {
        await using var stage = await servers.NewStageAsync();
        Fill(stage, 0, warmUp);
        await using var service = await OwnProcess.StartAsync(
            EventService.Role,
            new EventServiceOptions(stage.Database, stage.Kafka, Consumes: true, batchSize)
        );
        await using var database = NpgsqlDataSource.Create(stage.Database + ";Max Auto Prepare=2");
        await UntilHandledAsync(database, warmUp, TimeSpan.FromMinutes(1));

        // What is handled already may be trimmed by what comes now.
        var events = warmUp + Events;
        Fill(stage, warmUp, Events);
        var cpu = new CpuWatch([.. stage.Parties, ("service", service.Id)]);
        var began = Stopwatch.GetTimestamp();
        var from = await HandledAsync(database);
        var to = await UntilHandledAsync(database, events, limit);
        var perSecond = (to - from) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cores = cpu.Cores();
        if (batchSize is null && to != events)
        {
            throw new InvalidOperationException($"{to} of {events} events were handled.");
        }

        _samples.Add(name, "events/s", perSecond);
        var run = batchSize is null ? "batches" : "one transaction each";
        foreach (var (party, used) in cores)
        {
            _samples.Add($"{run}: CPU of {party}", "µs/event", used / perSecond * 1e6);
        }

        if (CpuWatch.Verdict(run, cores) is { } note)
        {
            _notes.Add(note);
        }
    }

    private static void Fill(EventServers.Stage stage, int first, int count)
    {
        var failed = 0;
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = stage.Kafka,
                BatchSize = 1024 * 1024,
                QueueBufferingMaxMessages = count,
            }
        ).Build();
        for (var number = first; number < first + count; number++)
        {
            producer.Produce(
                BenchEvent.Topic,
                BenchEvent.Message(number),
                report => failed += report.Error.IsError ? 1 : 0
            );
        }

        producer.Flush(CancellationToken.None);
        if (failed > 0)
        {
            throw new InvalidOperationException($"The broker refused {failed} events.");
        }
    }

    /// <returns>How many were handled when the time was over, or all of them.</returns>
    private static async Task<long> UntilHandledAsync(NpgsqlDataSource database, long events, TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        long handled;
        while ((handled = await HandledAsync(database)) < events && Stopwatch.GetElapsedTime(began) < limit)
        {
            await Task.Delay(20);
        }

        return handled;
    }

    private static async Task<long> HandledAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "select coalesce(sum(handled), 0)::bigint from consumer_offset"
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
