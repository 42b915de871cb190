using System.Diagnostics;
using Commerce.Bench.Core;

namespace Commerce.Bench.Events;

/// <summary>Writes events into a sink and waits for them at the other end.</summary>
internal sealed class EventLoad(IEventSink sink, EventReader reader)
{
    /// <summary>
    /// How far the writers may be ahead of the reader: enough that nobody is idle, little enough for the 5 MiB that the embedded
    /// broker keeps per partition.
    /// </summary>
    private const int Ahead = 20_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private int _next;

    /// <summary>As many as come through, end to end, while writers write.</summary>
    /// <returns>Events per second, and who used how many cores.</returns>
    public async Task<(double PerSecond, IReadOnlyDictionary<string, double> Cores)> MostAsync(
        int writers,
        int perTransaction,
        TimeSpan duration,
        params (string, int)[] parties
    )
    {
        using var stop = new CancellationTokenSource();
        var writing = Enumerable
            .Range(0, writers)
            .Select(_ => Task.Run(() => WriteUntilAsync(perTransaction, stop.Token)))
            .ToList();
        await Task.Delay(duration / 4);
        var (before, began, cpu) = (reader.Count, Stopwatch.GetTimestamp(), new CpuWatch(parties));
        await Task.Delay(duration);
        var perSecond = (reader.Count - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cores = cpu.Cores();
        await stop.CancelAsync();
        await Task.WhenAll(writing);
        await DrainAsync();
        return (perSecond, cores);
    }

    /// <summary>A steady rate, whatever becomes of the events.</summary>
    public async Task<EventLatencies> SteadyAsync(double perSecond, int perTransaction, TimeSpan duration)
    {
        var latencies = reader.Stamps.Latencies = new EventLatencies();
        await OpenLoop.RunAsync(perSecond / perTransaction, duration, (_, due) => WriteAsync(perTransaction, due));
        await DrainAsync();
        reader.Stamps.Latencies = null;
        return latencies;
    }

    /// <summary>One transaction, at once.</summary>
    public Task WriteAsync(int count) => WriteAsync(count, Stopwatch.GetTimestamp());

    /// <summary>Until everything that was written is consumed.</summary>
    public Task DrainAsync() => reader.WaitAsync(Volatile.Read(ref _next), Timeout);

    private Task WriteAsync(int count, long due)
    {
        var first = Interlocked.Add(ref _next, count) - count;
        for (var number = first; number < first + count; number++)
        {
            reader.Stamps.Due(number, due);
        }

        return sink.WriteAsync(first, count, reader.Stamps);
    }

    private async Task WriteUntilAsync(int perTransaction, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Volatile.Read(ref _next) - reader.Count > Ahead)
            {
                await Task.Delay(1, CancellationToken.None);
            }
            else
            {
                await WriteAsync(perTransaction);
            }
        }
    }
}
