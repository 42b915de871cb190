using Npgsql;
using Npgsql.Replication.PgOutput.Messages;

namespace Commerce.Messaging.Outbox;

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
