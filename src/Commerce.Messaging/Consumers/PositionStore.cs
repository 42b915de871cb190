using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Messaging.Consumers;

/// <summary>The consumers' own positions, kept in the transaction of the handler.</summary>
internal sealed class PositionStore(NpgsqlDataSource database)
{
    private sealed record Row(
        string Topic,
        int Partition,
        long Epoch,
        long NextOffset,
        DateTime? LastAt,
        DateTime? MissingSince,
        Guid? Healing,
        DateTime LogFrom
    );

    /// <summary>Of every partition that the consumer ever read.</summary>
    public async Task<Dictionary<TopicPartition, Position>> LoadAsync(
        string consumer,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            """
            select topic, partition, epoch, next_offset, last_at, missing_since, healing, log_from
            from consumer_offset where consumer = @consumer
            """,
            new { consumer }
        );
        return rows.ToDictionary(
            row => new TopicPartition(row.Topic, row.Partition),
            row => new Position(row.Epoch, row.NextOffset, row.LastAt, row.MissingSince, row.Healing)
            {
                LogFrom = row.LogFrom,
            }
        );
    }

    /// <summary>Adds the statement that moves the positions of a batch, only ever forward.</summary>
    /// <param name="handled">New events of each partition.</param>
    public static void Save(
        NpgsqlBatch writes,
        string consumer,
        IReadOnlyDictionary<TopicPartition, Position> positions,
        IReadOnlyDictionary<TopicPartition, long> handled
    )
    {
        // Two replicas may hold the same partitions for a moment: the same order keeps them from a deadlock.
        var sorted = positions
            .OrderBy(pair => pair.Key.Topic, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Partition.Value);
        var rows = sorted.ToList();
        var command = new NpgsqlBatchCommand(
            """
            insert into consumer_offset as own
              (consumer, topic, partition, epoch, next_offset, last_at, missing_since, healing, log_from, handled,
               handled_at)
            select $1, u.topic, u.partition, u.epoch, u.next_offset, u.last_at, u.missing_since, u.healing, u.log_from,
                   u.handled, case when u.handled > 0 then clock_timestamp() end
            from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
              as u(topic, partition, epoch, next_offset, last_at, missing_since, healing, log_from, handled)
            on conflict (consumer, topic, partition) do update set
              epoch = excluded.epoch, next_offset = excluded.next_offset, last_at = excluded.last_at,
              missing_since = excluded.missing_since, healing = excluded.healing,
              log_from = excluded.log_from, handled = own.handled + excluded.handled,
              handled_at = coalesce(excluded.handled_at, own.handled_at)
            where (excluded.epoch, excluded.next_offset) >= (own.epoch, own.next_offset)
            """
        );
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(r => r.Key.Topic)] });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. rows.Select(r => r.Key.Partition.Value)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => r.Value.Epoch)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => r.Value.Next)] });
        parameters.Add(Times(rows.Select(r => r.Value.LastAt)));
        parameters.Add(Times(rows.Select(r => r.Value.MissingSince)));
        parameters.Add(
            new NpgsqlParameter
            {
                Value = rows.Select(r => r.Value.RepublishRun).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
            }
        );
        parameters.Add(Times(rows.Select(r => (DateTime?)r.Value.LogFrom)));
        parameters.Add(
            new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(r => handled.GetValueOrDefault(r.Key))] }
        );
        writes.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Times(IEnumerable<DateTime?> times) =>
        new() { Value = times.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
