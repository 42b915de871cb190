using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Commerce.KafkaBroker;

/// <summary>
/// Asks the broker for its API versions as a client would. A process that was frozen for a while has been seen to come back with
/// an open port and nobody behind it: its request loop had ended.
/// </summary>
internal static class SelfCheck
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    // size | api key 18 | version 0 | correlation id 1 | client id (null)
    private static readonly byte[] Request = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF];

    /// <summary>Completes, and says so, when the broker has answered nothing for 20 s.</summary>
    public static async Task UntilSilentAsync(IPEndPoint broker, CancellationToken cancellationToken)
    {
        await UntilSilentAsync(broker, Pause, AnswerWithin, cancellationToken);
        await Console.Error.WriteLineAsync($"{broker} accepts connections and answers nothing: ending");
    }

    /// <summary>Completes when five questions in a row got no answer.</summary>
    /// <param name="pause">Before each question.</param>
    public static async Task UntilSilentAsync(
        IPEndPoint broker,
        TimeSpan pause,
        TimeSpan answerWithin,
        CancellationToken cancellationToken
    )
    {
        // Counted, not timed: a clock goes on while the process is frozen.
        for (var silent = 0; silent < Tries; )
        {
            await Task.Delay(pause, cancellationToken);
            silent = await AnswersAsync(broker, answerWithin, cancellationToken) ? 0 : silent + 1;
        }
    }

    private static async Task<bool> AnswersAsync(IPEndPoint broker, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(limit);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(broker, bound.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Request, bound.Token);
            // size | correlation id | error code
            var answer = new byte[10];
            await stream.ReadExactlyAsync(answer, bound.Token);
            return BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(8)) == 0;
        }
        catch (Exception unanswered)
            when (unanswered is SocketException or IOException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return false;
        }
    }
}
