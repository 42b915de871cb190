using System.Net;
using System.Net.Sockets;

namespace Commerce.KafkaBroker.Tests;

public sealed class SelfCheckTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_port_that_is_open_and_answers_nothing_is_noticed()
    {
        // Accepts connections by the system's backlog alone, as a broker does whose request loop has ended.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await SelfCheck
            .UntilSilentAsync((IPEndPoint)listener.LocalEndpoint, Pause, Pause, CancellationToken.None)
            .WaitAsync(Limit);
    }

    [Fact]
    public async Task A_broker_that_answers_is_left_alone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var asked = 0;
        var answering = AnswerAsync();

        var check = SelfCheck.UntilSilentAsync((IPEndPoint)listener.LocalEndpoint, Pause, Limit, stop.Token);
        while (Volatile.Read(ref asked) < 12)
        {
            await Task.Delay(Pause);
            check.IsCompleted.ShouldBeFalse("it was answered");
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(check);
        await Should.ThrowAsync<OperationCanceledException>(answering);

        async Task AnswerAsync()
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await using var stream = client.GetStream();
                await stream.ReadExactlyAsync(new byte[14], stop.Token);
                // size | correlation id | no error
                await stream.WriteAsync(new byte[] { 0, 0, 0, 6, 0, 0, 0, 1, 0, 0 }, stop.Token);
                Interlocked.Increment(ref asked);
            }
        }
    }
}
