using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Commerce.ServerProcesses;

/// <summary>Two requests of the Kafka protocol, written by hand so that starting a broker needs no client library.</summary>
internal static class KafkaProbe
{
    private const short CreateTopics = 19;
    private const short ApiVersions = 18;
    private const short TopicExists = 36;

    /// <summary>
    /// Asks a broker for its API versions. An open port says nothing: the embedded broker's request loop can have ended
    /// while its listener still accepts.
    /// </summary>
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(port, ApiVersions, version: 0, body: [], cancellationToken);
        return BinaryPrimitives.ReadInt16BigEndian(answer) == 0;
    }

    /// <summary>Creates the topics that are not there, one replica each.</summary>
    /// <exception cref="InvalidOperationException">The broker refused one.</exception>
    public static async Task CreateTopicsAsync(
        int port,
        IReadOnlyCollection<string> topics,
        int partitions,
        CancellationToken cancellationToken
    )
    {
        if (topics.Count == 0)
        {
            return;
        }

        // [name, partitions, replication factor, no assignments, no configs] | timeout ms | validate only
        var body = new List<byte>();
        AddInt32(body, topics.Count);
        foreach (var topic in topics)
        {
            AddString(body, topic);
            AddInt32(body, partitions);
            AddInt16(body, 1);
            AddInt32(body, 0);
            AddInt32(body, 0);
        }

        AddInt32(body, 30_000);
        body.Add(0);
        var answer = await AskAsync(port, CreateTopics, version: 2, [.. body], cancellationToken);

        // throttle ms | [name, error code, error message]
        var position = 8;
        for (var topic = 0; topic < topics.Count; topic++)
        {
            var length = BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(position));
            var name = Encoding.UTF8.GetString(answer, position + 2, length);
            position += 2 + length;
            var error = BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(position));
            if (error is not 0 and not TopicExists)
            {
                throw new InvalidOperationException($"Kafka refused topic {name}: error {error}.");
            }

            position += 2;
            position += 2 + Math.Max((short)0, BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(position)));
        }
    }

    /// <summary>One request; the answer without its size and correlation id.</summary>
    private static async Task<byte[]> AskAsync(
        int port,
        short api,
        short version,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        const int Correlation = 1;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        await using var stream = new NetworkStream(socket);

        // size | api key | api version | correlation id | client id (null) | body
        var request = new List<byte>();
        AddInt32(request, 10 + body.Length);
        AddInt16(request, api);
        AddInt16(request, version);
        AddInt32(request, Correlation);
        AddInt16(request, -1);
        request.AddRange(body);
        await stream.WriteAsync(request.ToArray(), cancellationToken);

        var head = new byte[8];
        await stream.ReadExactlyAsync(head, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 4];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) == Correlation
            ? answer
            : throw new InvalidDataException("The broker answered another request.");
    }

    private static void AddInt16(List<byte> bytes, short value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(buffer, value);
        bytes.AddRange(buffer);
    }

    private static void AddInt32(List<byte> bytes, int value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(buffer, value);
        bytes.AddRange(buffer);
    }

    private static void AddString(List<byte> bytes, string value)
    {
        AddInt16(bytes, (short)Encoding.UTF8.GetByteCount(value));
        bytes.AddRange(Encoding.UTF8.GetBytes(value));
    }
}
