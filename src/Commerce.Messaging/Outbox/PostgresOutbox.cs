using Commerce.Data.Batches;
using Commerce.ServiceDefaults.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Messaging.Outbox;

internal sealed class PostgresOutbox(EventCatalog catalog) : IOutbox
{
    /// <summary>What every broker of ours takes with room for headers; a larger event would stop the relay for good.</summary>
    public const int MaxPayloadCharacters = 4 * 1024 * 1024;

    public async Task AppendAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<OutgoingEvent> events,
        CancellationToken cancellationToken = default
    )
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        Append(batch, events);
        await batch.WriteAsync(cancellationToken);
    }

    public void Append(NpgsqlBatch batch, IReadOnlyCollection<OutgoingEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        var ids = new Guid[events.Count];
        var subjects = new Guid[events.Count];
        var types = new string[events.Count];
        var payloads = new string[events.Count];
        var traces = new string?[events.Count];
        var current = Untraced.CurrentTraceParent;
        var index = 0;
        foreach (var outgoing in events)
        {
            (types[index], payloads[index]) = catalog.Serialize(outgoing.Payload);
            if (payloads[index].Length > MaxPayloadCharacters)
            {
                throw new ArgumentException(
                    $"An event of {payloads[index].Length} characters is too large ({types[index]}).",
                    nameof(events)
                );
            }

            ids[index] = outgoing.Id;
            subjects[index] = outgoing.Subject;
            traces[index] = outgoing.TraceParent ?? current;
            index++;
        }

        var command = new NpgsqlBatchCommand(
            """
            insert into outbox (id, subject, type, payload, trace_parent)
            select * from unnest($1, $2, $3, $4, $5)
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = subjects });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = types });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = payloads });
        command.Parameters.Add(
            new NpgsqlParameter { Value = traces, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
        );
        batch.BatchCommands.Add(command);
    }
}
