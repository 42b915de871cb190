using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.Outbox;

/// <summary>Reads the outbox as a table, for what the log does not have or no longer has.</summary>
internal sealed class OutboxReader(NpgsqlDataSource database, Publisher publisher, EventRetentionOptions options)
{
    private const int ChunkSize = 500;

    /// <param name="From">Publish again what was written from then on; null = all that is there.</param>
    /// <param name="IsShort">Some of what was asked for is past its retention, whether it is still there or not.</param>
    internal sealed record Reach(DateTime? From, bool IsShort);

    /// <summary>Keeps rows from being trimmed until it is disposed of.</summary>
    public Task<OutboxTrimLock> HoldAsync(CancellationToken cancellationToken) =>
        OutboxTrimLock.TakeAsync(database, cancellationToken);

    /// <summary>
    /// What can be published again of the events since then (null = all). A row past its retention never is, however long
    /// trimming takes: consumers may have forgotten that they handled it.
    /// </summary>
    public async Task<Reach> ReachAsync(DateTime? since, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<Reach>(
            new CommandDefinition(
                """
                select case when wanted > coalesce(first_at, '-infinity') then wanted end as from,
                  coalesce(trimmed_to >= @since, false)
                    or (@since < wanted and coalesce(first_at < wanted, false)) as is_short
                from relay, greatest(@since, now() - @OutboxRetention) as wanted,
                  (select (select created_at from outbox order by seq limit 1) as first_at) as oldest
                where topic = @Topic
                """,
                new
                {
                    // Npgsql writes the least DateTime as -infinity.
                    since = since ?? DateTime.MinValue,
                    options.OutboxRetention,
                    publisher.Topic,
                },
                cancellationToken: cancellationToken
            )
        );
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
        // seq + 0 keeps the planner from walking the whole primary key; the block range index on the time is the way. It takes
        // as long as there is to publish, which then takes far longer.
        return since is null
            ? await connection.ExecuteScalarAsync<long>("select coalesce(min(seq), 1) from outbox")
            : await connection.ExecuteScalarAsync<long>(
                new CommandDefinition(
                    "select coalesce(min(seq + 0), 9223372036854775807) from outbox where created_at >= @since",
                    new { since },
                    commandTimeout: 0,
                    cancellationToken: cancellationToken
                )
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
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since ?? DateTime.MinValue });
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
}
