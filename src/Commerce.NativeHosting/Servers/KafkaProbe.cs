using System.Buffers.Binary;
using System.Net.Sockets;

namespace Commerce.NativeHosting;

/// <summary>
/// Asks a broker for its API versions. An open port says nothing: the embedded broker's request loop can have ended
/// while its listener still accepts.
/// </summary>
internal static class KafkaProbe
{
    private const short ApiVersions = 18;

    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        await using var stream = new NetworkStream(socket);

        // size | api key | api version 0 | correlation id | client id (null)
        var request = new byte[14];
        BinaryPrimitives.WriteInt32BigEndian(request, 10);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), ApiVersions);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(8), 1);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), -1);
        await stream.WriteAsync(request, cancellationToken);

        // size | correlation id | error code | …
        var head = new byte[10];
        await stream.ReadExactlyAsync(head, cancellationToken);
        return BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) == 1
            && BinaryPrimitives.ReadInt16BigEndian(head.AsSpan(8)) == 0;
    }
}
