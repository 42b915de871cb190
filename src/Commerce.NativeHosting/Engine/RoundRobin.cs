using System.Net;
using System.Net.Sockets;

namespace Commerce.NativeHosting.Engine;

/// <summary>
/// One loopback address for several processes: each new TCP connection goes to the next one that takes it. Connections
/// stay where they are, so whatever holds its state in a connection (a Blazor circuit over WebSockets) works; whatever
/// holds it in a process across connections does not.
/// </summary>
internal sealed class RoundRobin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IReadOnlyList<int> _targets;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private int _next = -1;

    public RoundRobin(int port, IReadOnlyList<int> targets)
    {
        _targets = targets;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _loop;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            // The end of the platform.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        using var server = await ConnectAsync();
        if (server is null)
        {
            return;
        }

        client.NoDelay = server.NoDelay = true;
        await Task.WhenAll(PipeAsync(client, server), PipeAsync(server, client));
    }

    private async Task<Socket?> ConnectAsync()
    {
        for (var tries = 0; tries < _targets.Count; tries++)
        {
            var target = _targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)];
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, target, _stopping.Token);
                return socket;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    private async Task PipeAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
            {
                var rest = buffer.AsMemory(0, read);
                while (!rest.IsEmpty)
                {
                    rest = rest[await to.SendAsync(rest, _stopping.Token)..];
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken)
            when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: end the other's wait too.
            from.Close();
            to.Close();
        }
    }
}
