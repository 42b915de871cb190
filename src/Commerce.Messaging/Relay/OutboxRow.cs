using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using Npgsql.Replication.PgOutput.Messages;

namespace Commerce.Messaging;

/// <summary>A row of the outbox on its way to the broker, read from the WAL or from the table.</summary>
/// <param name="Topic">Null: the service's own.</param>
/// <param name="Headers">JSON object; only on messages of the transport itself, which have exactly these headers.</param>
internal readonly record struct OutboxRow(
    Guid Id,
    string? Topic,
    Guid Subject,
    string Type,
    byte[] Payload,
    string? Headers,
    string? TraceParent,
    DateTime CreatedAt
)
{
    /// <summary>The columns in the table's own order, which is that of the WAL.</summary>
    public const string Columns = "seq, id, topic, subject, type, payload, raw, headers, trace_parent, created_at";

    /// <summary>Reads every column now: the message object is reused for the next row.</summary>
    public static async ValueTask<OutboxRow> ReadAsync(InsertMessage message, CancellationToken cancellationToken)
    {
        var row = default(OutboxRow);
        var column = 0;
        await foreach (var value in message.NewRow)
        {
            if (!value.IsDBNull)
            {
                row = column switch
                {
                    1 => row with { Id = await value.Get<Guid>(cancellationToken) },
                    2 => row with { Topic = await value.Get<string>(cancellationToken) },
                    3 => row with { Subject = await value.Get<Guid>(cancellationToken) },
                    4 => row with { Type = await value.Get<string>(cancellationToken) },
                    5 or 6 => row with { Payload = await value.Get<byte[]>(cancellationToken) },
                    7 => row with { Headers = await value.Get<string>(cancellationToken) },
                    8 => row with { TraceParent = await value.Get<string>(cancellationToken) },
                    9 => row with { CreatedAt = await value.Get<DateTime>(cancellationToken) },
                    _ => row,
                };
            }

            column++;
        }

        return row;
    }

    public static OutboxRow Read(NpgsqlDataReader reader) =>
        new(
            reader.GetGuid(1),
            reader.IsDBNull(2) ? null : reader.GetString(2),
            reader.GetGuid(3),
            reader.GetString(4),
            reader.GetFieldValue<byte[]>(reader.IsDBNull(5) ? 6 : 5),
            reader.IsDBNull(7) ? null : reader.GetString(7),
            reader.IsDBNull(8) ? null : reader.GetString(8),
            reader.GetDateTime(9)
        );
}

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

    public Message<byte[], byte[]> Create(Marker marker) =>
        new()
        {
            Value = marker.ToBytes(),
            Headers = new Headers
            {
                { MessageHeaders.Marker, Encoding.ASCII.GetBytes(marker.Kind.ToString()) },
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
            var values = JsonSerializer.Deserialize(row.Headers, TransportJson.Default.DictionaryStringString)!;
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
