using System.Diagnostics;
using System.Runtime.CompilerServices;
using Commerce.Data.Retention;
using Commerce.Messaging.Outbox;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Relay;

/// <summary>
/// Removes events that are older than the outbox's retention and that the broker has for certain: rows that were visible when
/// the log was at a position, once the relay has confirmed that position.
/// </summary>
internal sealed class OutboxRetention(
    NpgsqlDataSource database,
    ReplicationSlot slot,
    Publisher publisher,
    EventRetentionOptions options,
    ILogger<OutboxRetention> logger
) : IRetentionPolicy
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConfirmPause = TimeSpan.FromMilliseconds(50);

    private readonly RetentionCursor<long> _cursor = new(0);

    public string Table => "outbox";

    public async IAsyncEnumerable<int> RunAsync(
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var old = await FindAsync(_cursor.Begin(), batchSize, cancellationToken);
        while (old.Sequences.Length > 0)
        {
            if (!await IsConfirmedAsync(old.VisibleAt, cancellationToken))
            {
                logger.LogDebug("The relay is not as far as the old rows of the outbox");
                yield break;
            }

            if (await RemoveAsync(old.Sequences, cancellationToken) is not { } removed)
            {
                yield break;
            }

            var last = old.Sequences[^1];
            _cursor.GoOnAfter(last);
            // While the caller pauses the relay gets as far as these.
            old = await FindAsync(last, batchSize, cancellationToken);
            yield return removed;
        }
    }

    /// <param name="VisibleAt">Position of the log behind the commits of all these rows.</param>
    private sealed record OldRows(long[] Sequences, string VisibleAt);

    /// <summary>The lowest sequence numbers are the oldest rows, so a batch reads as many as it takes and no more.</summary>
    private async Task<OldRows> FindAsync(long after, int batchSize, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            with lowest as materialized (select seq, created_at from outbox where seq > $1 order by seq limit $2)
            select array(select seq from lowest where created_at < now() - $3 order by seq), pg_current_wal_insert_lsn()::text
            """
        );
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = batchSize });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.OutboxRetention });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new OldRows(await reader.GetFieldValueAsync<long[]>(0, cancellationToken), reader.GetString(1));
    }

    private async Task<bool> IsConfirmedAsync(string position, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await slot.HasConfirmedAsync(position, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(begun) > ConfirmTimeout)
            {
                return false;
            }

            await Task.Delay(ConfirmPause, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Null, and nothing, while rows are published from the table, for those the slot says nothing about. It was asked before:
    /// the need is written down before there is a new slot that could answer.
    /// </summary>
    private async Task<int?> RemoveAsync(long[] sequences, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await OutboxTrimLock.TryForbidAsync(transaction))
        {
            return null;
        }

        var (isFree, removed, newest) = await connection.QuerySingleAsync<(bool, int, DateTime?)>(
            new CommandDefinition(
                """
                with relay as materialized (
                  select backlog_from is null and not markers_pending as is_free from relay where topic = @Topic
                ), gone as (
                  delete from outbox where seq = any(@sequences) and (select is_free from relay)
                  returning topic, created_at
                )
                select coalesce((select is_free from relay), false), count(*)::int, max(created_at) filter (where topic is null)
                from gone
                """,
                new { sequences, publisher.Topic },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update relay set trimmed_to = @newest where topic = @Topic and (trimmed_to < @newest or trimmed_to is null)",
                new { newest, publisher.Topic },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        return isFree ? removed : null;
    }
}
