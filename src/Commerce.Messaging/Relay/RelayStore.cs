using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>What the relay remembers in the database.</summary>
internal sealed class RelayStore(NpgsqlDataSource database, MessagingBuilder messaging, MessagingOptions options)
{
    private const int ChunkSize = 500;

    /// <param name="BacklogFrom">With <paramref name="BacklogPending"/>: rows from then on are to be published from the table; null = all.</param>
    /// <param name="BacklogTo">Rows after this one are in the slot; null = not known.</param>
    internal sealed record State(
        long Epoch,
        string? ClusterId,
        bool MarkersPending,
        bool BacklogPending,
        DateTime? BacklogFrom,
        long? BacklogTo
    );

    /// <param name="Epoch">The epoch in which the broker acknowledged <paramref name="LastOffset"/>.</param>
    internal sealed record PartitionState(int Partition, long Epoch, long LastOffset);

    public async Task<State> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "insert into relay (topic) values (@Topic) on conflict do nothing",
            new { messaging.Topic }
        );
        return await connection.QuerySingleAsync<State>(
            """
            select epoch, cluster_id, markers_pending, backlog_from is not null as backlog_pending,
                   nullif(backlog_from, '-infinity') as backlog_from, backlog_to
            from relay where topic = @Topic
            """,
            new { messaging.Topic }
        );
    }

    public async Task<IReadOnlyList<PartitionState>> LoadPartitionsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<PartitionState>(
                "select partition, epoch, last_offset from relay_state where topic = @Topic",
                new { messaging.Topic }
            ),
        ];
    }

    /// <summary>The slot is gone: what it had not delivered has to come from the table. Before the slot is made anew.</summary>
    public Task ExpectBacklogAsync() =>
        ExecuteAsync(
            """
            update relay
            set backlog_from = coalesce(least(backlog_from, confirmed_at - @RepublishMargin), '-infinity'), backlog_to = null
            where topic = @Topic
            """,
            new { messaging.Topic, options.RepublishMargin }
        );

    /// <summary>The slot exists: whatever was committed before is visible now, and what comes later is in it.</summary>
    public Task BoundBacklogAsync() =>
        ExecuteAsync(
            "update relay set backlog_to = (select coalesce(max(seq), 0) from outbox) where topic = @Topic",
            new { messaging.Topic }
        );

    public Task BacklogDoneAsync() =>
        ExecuteAsync(
            "update relay set backlog_from = null, backlog_to = null where topic = @Topic",
            new { messaging.Topic }
        );

    /// <summary>A new epoch, unless the last one has not even begun.</summary>
    public Task BeginEpochAsync() =>
        ExecuteAsync(
            "update relay set epoch = epoch + 1, markers_pending = true where topic = @Topic and not markers_pending",
            new { messaging.Topic }
        );

    /// <summary>Every partition carries the epoch's marker, at these offsets.</summary>
    public async Task MarkersDoneAsync(long epoch, IReadOnlyDictionary<int, long> offsets)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "delete from relay_state where topic = @Topic",
            new { messaging.Topic },
            transaction
        );
        await SaveOffsetsAsync(connection, transaction, epoch, offsets);
        await connection.ExecuteAsync(
            "update relay set markers_pending = false where topic = @Topic",
            new { messaging.Topic },
            transaction
        );
        await transaction.CommitAsync();
    }

    public Task SaveClusterAsync(string clusterId) =>
        ExecuteAsync(
            "update relay set cluster_id = @clusterId where topic = @Topic",
            new { messaging.Topic, clusterId }
        );

    /// <summary>Before the LSN is confirmed: what the broker acknowledged, and up to which commit.</summary>
    public async Task SaveProgressAsync(
        long epoch,
        IReadOnlyDictionary<int, long> offsets,
        DateTime? confirmedAt,
        long published,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SaveOffsetsAsync(connection, transaction, epoch, offsets);
        await connection.ExecuteAsync(
            """
            update relay
            set confirmed_at = greatest(confirmed_at, @confirmedAt), published = published + @published,
                published_at = case when @published > 0 then clock_timestamp() else published_at end
            where topic = @Topic
            """,
            new
            {
                messaging.Topic,
                confirmedAt,
                published,
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<long> LastSequenceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>("select coalesce(max(seq), 0) from outbox");
    }

    /// <summary>Rows written since a time (null = all), up to a sequence number, in the order of writing.</summary>
    /// <param name="eventsOnly">Without messages of the transport itself.</param>
    public async IAsyncEnumerable<OutboxRow> RowsAsync(
        DateTime? since,
        long last,
        bool eventsOnly,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var cursor = await FirstSequenceAsync(since, cancellationToken) - 1;
        var rows = new List<OutboxRow>(ChunkSize);
        while (cursor < last)
        {
            rows.Clear();
            cursor = await ReadChunkAsync(rows, cursor, last, since, eventsOnly, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
            }
        }
    }

    private async Task<long> FirstSequenceAsync(DateTime? since, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // seq + 0 keeps the planner from walking the whole primary key; the block range index on the time is the way.
        return since is null
            ? await connection.ExecuteScalarAsync<long>("select coalesce(min(seq), 1) from outbox")
            : await connection.ExecuteScalarAsync<long>(
                "select coalesce(min(seq + 0), 9223372036854775807) from outbox where created_at >= @since",
                new { since }
            );
    }

    private async Task<long> ReadChunkAsync(
        List<OutboxRow> rows,
        long cursor,
        long last,
        DateTime? since,
        bool eventsOnly,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            $"""
            select {OutboxRow.Columns} from outbox
            where seq > $1 and seq <= $2 and created_at >= $3
            order by seq limit {ChunkSize}
            """
        );
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = cursor });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        // Npgsql writes the least DateTime as -infinity.
        command.Parameters.Add(
            new NpgsqlParameter<DateTime>
            {
                TypedValue = since ?? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc),
            }
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            read++;
            cursor = reader.GetInt64(0);
            if (!eventsOnly || await reader.IsDBNullAsync(2, cancellationToken))
            {
                rows.Add(OutboxRow.Read(reader));
            }
        }

        return read < ChunkSize ? last : cursor;
    }

    private async Task SaveOffsetsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        long epoch,
        IReadOnlyDictionary<int, long> offsets
    )
    {
        var (partitions, lastOffsets) = (offsets.Keys.ToArray(), offsets.Values.ToArray());
        await connection.ExecuteAsync(
            """
            insert into relay_state (topic, partition, epoch, last_offset)
            select @Topic, p, @epoch, o from unnest(@partitions, @lastOffsets) as u(p, o)
            on conflict (topic, partition) do update set epoch = excluded.epoch, last_offset = excluded.last_offset
            where relay_state.last_offset < excluded.last_offset or relay_state.epoch < excluded.epoch
            """,
            new
            {
                messaging.Topic,
                epoch,
                partitions,
                lastOffsets,
            },
            transaction
        );
    }

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }
}
