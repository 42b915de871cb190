using System.Collections;
using System.Diagnostics;
using Commerce.Bench.Core;
using Confluent.Kafka;

namespace Commerce.Bench.Events;

/// <summary>When each event was due, and when its transaction began to commit; by number.</summary>
internal sealed class Stamps
{
    private const int Size = 1 << 18;
    private readonly long[] _due = new long[Size];
    private readonly long[] _commit = new long[Size];

    /// <summary>Where latencies go; null: nowhere.</summary>
    public EventLatencies? Latencies { get; set; }

    public void Due(int number, long timestamp) => _due[number % Size] = timestamp;

    public void Commit(int first, int count)
    {
        var now = Stopwatch.GetTimestamp();
        for (var number = first; number < first + count; number++)
        {
            _commit[number % Size] = now;
        }
    }

    /// <summary>The transaction that begins with this number is on disk, and its writer knows.</summary>
    public void Committed(int first) => Latencies?.Commit.AddSince(_commit[first % Size]);

    public (long Due, long Commit) Of(int number) => (_due[number % Size], _commit[number % Size]);
}

/// <summary>How long events took to be consumed, and how much of that their transactions took to commit.</summary>
internal sealed record EventLatencies(Latencies FromDue, Latencies FromCommit, Latencies Commit)
{
    public EventLatencies()
        : this(new Latencies(), new Latencies(), new Latencies()) { }
}

/// <summary>A plain consumer of every partition, from the beginning: counts, takes times, and knows each number once.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private const int Partitions = 12;
    private readonly CancellationTokenSource _stop = new();
    private readonly BitArray _seen = new(1 << 25);
    private readonly Task _reading;
    private long _count;

    public EventReader(string kafka, Stamps stamps)
    {
        Stamps = stamps;
        var client = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = kafka,
                GroupId = "bench.counter",
                EnableAutoCommit = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                // The embedded broker's long poll never wakes: what it waits would count as the relay's time.
                FetchWaitMaxMs = 1,
                QueuedMinMessages = 20_000,
                ConsumeResultFields = "topic",
            }
        ).Build();
        client.Assign(
            Enumerable
                .Range(0, Partitions)
                .Select(partition => new TopicPartitionOffset(BenchEvent.Topic, partition, Offset.Beginning))
        );
        _reading = Task.Factory.StartNew(
            () => Run(client),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    public Stamps Stamps { get; }

    /// <summary>Different events so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Events that came again.</summary>
    public long Doubles { get; private set; }

    /// <exception cref="TimeoutException">They do not come: events were lost.</exception>
    public async Task WaitAsync(long count, TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        while (Count < count)
        {
            if (_reading.IsCompleted)
            {
                await _reading;
            }

            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"{Count} of {count} events were consumed in {limit.TotalSeconds:0} s.");
            }

            await Task.Delay(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Run(IConsumer<byte[], byte[]> client)
    {
        using (client)
        {
            while (!_stop.IsCancellationRequested)
            {
                // Only the relay's markers have no key.
                if (client.Consume(100) is { Message.Key: not null } result)
                {
                    Take(BenchEvent.NumberOf(result.Message.Value));
                }
            }
        }
    }

    private void Take(int number)
    {
        if (_seen[number])
        {
            Doubles++;
            return;
        }

        _seen[number] = true;
        if (Stamps.Latencies is { } latencies)
        {
            var (due, commit) = Stamps.Of(number);
            latencies.FromDue.AddSince(due);
            latencies.FromCommit.AddSince(commit);
        }

        Interlocked.Increment(ref _count);
    }
}
