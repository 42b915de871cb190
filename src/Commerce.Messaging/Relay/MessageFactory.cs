using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Confluent.Kafka;

namespace Commerce.Messaging.Relay;

/// <summary>Makes Kafka messages: CloudEvents in binary mode, stamped with the epoch.</summary>
internal sealed class MessageFactory(string source, long epoch)
{
    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();
    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);
    private readonly byte[] _epoch = Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture));
    private readonly ConcurrentDictionary<string, byte[]> _types = new(StringComparer.Ordinal);

    /// <param name="committedAt">UTC; becomes the message's timestamp, so that consumers know how far they are.</param>
    public Message<byte[], byte[]> Create(in OutboxRow row, DateTime committedAt)
    {
        var subject = Ascii(row.Subject);
        return new Message<byte[], byte[]>
        {
            Key = subject,
            Value = row.Payload,
            Timestamp = new Timestamp(committedAt, TimestampType.CreateTime),
            Headers = row.Topic is null ? EventHeaders(row, subject) : TransportHeaders(row),
        };
    }

    public Message<byte[], byte[]> Create(ControlRecord marker) =>
        new()
        {
            Value = marker.ToBytes(),
            Headers = new Headers
            {
                { MessageHeaders.ControlRecord, Encoding.ASCII.GetBytes(marker.Kind.ToString()) },
                { MessageHeaders.Epoch, _epoch },
            },
        };

    private Headers EventHeaders(in OutboxRow row, byte[] subject)
    {
        var headers = new Headers
        {
            { MessageHeaders.SpecVersion, SpecVersion },
            { MessageHeaders.Id, Ascii(row.Id) },
            { MessageHeaders.Source, _source },
            { MessageHeaders.Type, _types.GetOrAdd(row.Type, Encoding.UTF8.GetBytes) },
            { MessageHeaders.Time, Encoding.ASCII.GetBytes(row.CreatedAt.ToString("O", CultureInfo.InvariantCulture)) },
            { MessageHeaders.Subject, subject },
            { MessageHeaders.ContentType, Json },
            { MessageHeaders.Epoch, _epoch },
        };
        if (row.TraceParent is not null)
        {
            headers.Add(MessageHeaders.TraceParent, Encoding.ASCII.GetBytes(row.TraceParent));
        }

        return headers;
    }

    private static Headers TransportHeaders(in OutboxRow row)
    {
        var headers = new Headers();
        if (row.Headers is not null)
        {
            var values = JsonSerializer.Deserialize(row.Headers, HeaderJson.Default.DictionaryStringString)!;
            foreach (var (name, value) in values)
            {
                headers.Add(name, Encoding.UTF8.GetBytes(value));
            }
        }

        return headers;
    }

    private static byte[] Ascii(Guid id)
    {
        var bytes = new byte[36];
        id.TryFormat(bytes, out _);
        return bytes;
    }
}
