using Commerce.Messaging.Gaps;
using Commerce.Messaging.Outbox;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.Relay;

/// <summary>What the relay remembers in the database.</summary>
internal sealed class RelayStore(NpgsqlDataSource database, Publisher publisher, GapOptions options)
{
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
            new { publisher.Topic }
        );
        return await connection.QuerySingleAsync<State>(
            """
            select epoch, cluster_id, markers_pending, backlog_from is not null as backlog_pending,
                   nullif(backlog_from, '-infinity') as backlog_from, backlog_to
            from relay where topic = @Topic
            """,
            new { publisher.Topic }
        );
    }

    public async Task<IReadOnlyList<PartitionState>> LoadPartitionsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<PartitionState>(
                "select partition, epoch, last_offset from relay_state where topic = @Topic",
                new { publisher.Topic }
            ),
        ];
    }

    /// <summary>The slot is gone: what it had not delivered has to come from the table. Before the slot is made anew.</summary>
    public Task MarkBacklogPendingAsync() =>
        ExecuteAsync(
            """
            update relay
            set backlog_from = coalesce(least(backlog_from, confirmed_at - @RepublishMargin), '-infinity'), backlog_to = null
            where topic = @Topic
            """,
            new { publisher.Topic, options.RepublishMargin }
        );

    /// <summary>The slot exists: whatever was committed before is visible now, and what comes later is in it.</summary>
    public Task SetBacklogEndAsync() =>
        ExecuteAsync(
            "update relay set backlog_to = (select coalesce(max(seq), 0) from outbox) where topic = @Topic",
            new { publisher.Topic }
        );

    public Task BacklogDoneAsync() =>
        ExecuteAsync(
            "update relay set backlog_from = null, backlog_to = null where topic = @Topic",
            new { publisher.Topic }
        );

    /// <summary>A new epoch, unless the last one has not even begun.</summary>
    /// <param name="clusterId">The other cluster that needs it, if it is one: whoever wrote down only that would never miss the epoch.</param>
    public Task BeginEpochAsync(string? clusterId) =>
        ExecuteAsync(
            """
            update relay
            set epoch = epoch + case when markers_pending then 0 else 1 end, markers_pending = true,
              cluster_id = coalesce(@clusterId, cluster_id)
            where topic = @Topic
            """,
            new { publisher.Topic, clusterId }
        );

    /// <summary>Every partition carries the epoch's marker, at these offsets.</summary>
    public async Task EpochAnnouncedAsync(long epoch, IReadOnlyDictionary<int, long> offsets)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "delete from relay_state where topic = @Topic",
            new { publisher.Topic },
            transaction
        );
        await SaveOffsetsAsync(connection, transaction, epoch, offsets);
        await connection.ExecuteAsync(
            "update relay set markers_pending = false where topic = @Topic",
            new { publisher.Topic },
            transaction
        );
        await transaction.CommitAsync();
    }

    public Task SaveClusterAsync(string clusterId) =>
        ExecuteAsync(
            "update relay set cluster_id = @clusterId where topic = @Topic",
            new { publisher.Topic, clusterId }
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
                publisher.Topic,
                confirmedAt,
                published,
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
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
                publisher.Topic,
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
