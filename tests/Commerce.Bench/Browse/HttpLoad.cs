using System.Threading.Channels;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;

namespace Commerce.Bench.Browse;

/// <summary>One prepared request, sent again and again over kept-alive connections.</summary>
internal sealed class HttpLoad : IDisposable
{
    private const int Connections = 32;
    private readonly byte[] _request;
    private readonly List<HttpConnection> _connections;

    public HttpLoad(Uri address, IEnumerable<(string, string)> headers)
    {
        _request = HttpConnection.Request("GET", address, headers);
        _connections = [.. Enumerable.Range(0, Connections).Select(_ => HttpConnection.To(address))];
    }

    /// <summary>As many as are answered, with every connection busy.</summary>
    public async Task<(double PerSecond, IReadOnlyDictionary<string, double> Cores)> MostAsync(
        TimeSpan duration,
        params (string, int)[] parties
    )
    {
        await ClosedLoop.RunAsync(Connections, duration / 5, (worker, _) => SendAsync(_connections[worker]));
        var cpu = new CpuWatch(parties);
        var (done, seconds) = await ClosedLoop.RunAsync(
            Connections,
            duration,
            (worker, _) => SendAsync(_connections[worker])
        );
        return (done / seconds, cpu.Cores());
    }

    /// <summary>A steady rate; a request for which no connection is free waits, and its time counts from when it was due.</summary>
    public async Task<Latencies> SteadyAsync(double perSecond, TimeSpan duration)
    {
        var free = Channel.CreateUnbounded<HttpConnection>();
        foreach (var connection in _connections)
        {
            free.Writer.TryWrite(connection);
        }

        var latencies = new Latencies();
        await OpenLoop.RunAsync(
            perSecond,
            duration,
            async (_, due) =>
            {
                var connection = await free.Reader.ReadAsync();
                await SendAsync(connection);
                latencies.AddSince(due);
                free.Writer.TryWrite(connection);
            }
        );
        return latencies;
    }

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    private async Task SendAsync(HttpConnection connection)
    {
        var (status, _) = await connection.SendAsync(_request);
        if (status != 200)
        {
            throw new InvalidOperationException($"The server answered {status}.");
        }
    }
}
