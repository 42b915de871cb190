using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Commerce.Contracts;
using Commerce.Messaging.Kafka;

namespace Commerce.Bench.Checkout;

/// <summary>What a load of orders came to.</summary>
/// <param name="PerSecond">Confirmed orders per second, from the first request to the last confirmation.</param>
/// <param name="Latencies">From when an order was due to be placed until its confirmation came from the broker, in ms.</param>
/// <param name="CpuMs">CPU-ms per order of every resource of the platform.</param>
/// <param name="GeneratorCpuMs">CPU-ms per order of this process.</param>
/// <param name="WalBytes">Written by PostgreSQL, per order.</param>
/// <param name="Refused">Requests that got no order.</param>
internal sealed record LoadResult(
    int Confirmed,
    double PerSecond,
    Latencies Latencies,
    IReadOnlyDictionary<string, double> CpuMs,
    double GeneratorCpuMs,
    double WalBytes,
    int Refused
);

/// <summary>Places orders over HTTP and waits until each is confirmed.</summary>
internal sealed class OrderLoad(BenchPlatform platform, Market market, IReadOnlyList<Guid> fruits) : IDisposable
{
    private static readonly TimeSpan ConfirmedWithin = TimeSpan.FromMinutes(2);
    private readonly ConcurrentBag<HttpConnection> _connections = [];

    /// <summary>As many as <paramref name="shoppers"/> who order again as soon as their order is accepted can get through.</summary>
    public Task<LoadResult> MostAsync(int shoppers, TimeSpan duration) =>
        MeasureAsync(place => ClosedLoop.RunAsync(shoppers, duration, (_, n) => place(n, Stopwatch.GetTimestamp())));

    /// <summary>So many per second, whatever becomes of them.</summary>
    public Task<LoadResult> SteadyAsync(double perSecond, TimeSpan duration) =>
        MeasureAsync(place => OpenLoop.RunAsync(perSecond, duration, place));

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task<LoadResult> MeasureAsync(Func<Func<int, long, Task>, Task> load)
    {
        using var confirmations = Confirmations.Of(platform.Urls["kafka"]);
        var due = new ConcurrentDictionary<Guid, long>();
        var refused = 0;
        var cpuBefore = platform.CpuSeconds();
        var walBefore = await platform.WalBytesAsync();
        var ownBefore = Environment.CpuUsage.TotalTime;
        var begin = Stopwatch.GetTimestamp();

        await load(
            async (number, at) =>
            {
                if (await PlaceAsync(number) is { } order)
                {
                    due[order] = at;
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }
        );
        await WaitAsync(confirmations, due);
        var end = due.Keys.Max(order => confirmations.At(order)!.Value);

        var own = (Environment.CpuUsage.TotalTime - ownBefore).TotalMilliseconds;
        var cpuAfter = platform.CpuSeconds();
        var wal = await platform.WalBytesAsync() - walBefore;
        var latencies = new Latencies();
        foreach (var (order, at) in due)
        {
            latencies.Add(Stopwatch.GetElapsedTime(at, confirmations.At(order)!.Value).TotalMilliseconds);
        }

        return new LoadResult(
            due.Count,
            due.Count / Stopwatch.GetElapsedTime(begin, end).TotalSeconds,
            latencies,
            cpuAfter.ToDictionary(
                pair => pair.Key,
                pair => (pair.Value - cpuBefore.GetValueOrDefault(pair.Key)) * 1000 / due.Count,
                StringComparer.Ordinal
            ),
            own / due.Count,
            wal / (double)due.Count,
            refused
        );
    }

    private async Task<Guid?> PlaceAsync(int number)
    {
        if (!_connections.TryTake(out var connection))
        {
            connection = HttpConnection.To(platform.Address("order", "/"));
        }

        var (status, _) = await connection.SendAsync(market.Order(number, fruits));
        Guid? order =
            status == 202
                ? JsonSerializer.Deserialize(connection.Body.Span, ContractsJson.Default.OrderAccepted)!.OrderId
                : null;
        _connections.Add(connection);
        return order;
    }

    private static async Task WaitAsync(Confirmations confirmations, ConcurrentDictionary<Guid, long> due)
    {
        var waited = Stopwatch.StartNew();
        while (due.Keys.Count(order => confirmations.At(order) is null) is > 0 and var open)
        {
            if (waited.Elapsed > ConfirmedWithin)
            {
                throw new TimeoutException(
                    string.Create(CultureInfo.InvariantCulture, $"{open} of {due.Count} orders are not confirmed.")
                );
            }

            await Task.Delay(20);
        }
    }
}
