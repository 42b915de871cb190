using System.Runtime.CompilerServices;
using Commerce.Data.Retention;
using Commerce.Messaging.Outbox;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// Forgets events that cannot come again: a source publishes nothing again that is older than its outbox's retention, and
/// what it had published before is read. So the clock of this is not the wall's but what the consumers have read.
/// </summary>
internal sealed class InboxRetention(
    NpgsqlDataSource database,
    ConsumptionProgress progress,
    EventRetentionOptions options
) : IRetentionPolicy
{
    // Clocks that make ids are never wrong by this much.
    private static readonly TimeSpan ClockError = TimeSpan.FromDays(1);
    private static readonly Guid Greatest = Guid.AllBitsSet;
    private readonly Dictionary<string, RetentionCursor<Guid>> _cursors = new(StringComparer.Ordinal);

    public string Table => "inbox";

    public async IAsyncEnumerable<int> RunAsync(
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (await progress.ConsumedUpToAsync(cancellationToken) is not { } consumedUpTo)
        {
            yield break;
        }

        var received = consumedUpTo - options.InboxKept;
        foreach (var consumer in await ConsumersAsync(cancellationToken))
        {
            if (!_cursors.TryGetValue(consumer, out var cursor))
            {
                _cursors[consumer] = cursor = new RetentionCursor<Guid>(Guid.Empty);
            }

            var after = cursor.Begin();
            var last = UuidV7.First(received);
            while (await FindAsync(consumer, after, last, batchSize, cancellationToken) is { Count: > 0 } rows)
            {
                yield return await RemoveAsync(consumer, rows, received, cancellationToken);
                cursor.GoOnAfter(after = rows[^1].EventId);
            }

            // A malformed message's id is no time, and lies behind all others as often as not.
            after = UuidV7.First(consumedUpTo + ClockError);
            while (await FindAsync(consumer, after, Greatest, batchSize, cancellationToken) is { Count: > 0 } rows)
            {
                yield return await RemoveAsync(consumer, rows, received, cancellationToken);
                after = rows[^1].EventId;
            }
        }
    }

    private sealed record Row(Guid EventId, DateTimeOffset ReceivedAt);

    /// <summary>Whoever has rows, former consumers too. One step down the index for each.</summary>
    private async Task<IReadOnlyList<string>> ConsumersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var names = await connection.QueryAsync<string>(
            new CommandDefinition(
                """
                with recursive names as (
                  (select consumer from inbox order by consumer limit 1)
                  union all
                  select (select i.consumer from inbox i where i.consumer > n.consumer order by i.consumer limit 1)
                  from names n where n.consumer is not null
                )
                select consumer from names where consumer is not null
                """,
                cancellationToken: cancellationToken
            )
        );
        return names.AsList();
    }

    /// <summary>The next rows by the primary key, also those that came late and stay: few, and none twice in a pass.</summary>
    private async Task<IReadOnlyList<Row>> FindAsync(
        string consumer,
        Guid after,
        Guid last,
        int batchSize,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                """
                select event_id, received_at from inbox
                where consumer = @consumer and event_id > @after and event_id < @last
                order by event_id limit @batchSize
                """,
                new
                {
                    consumer,
                    after,
                    last,
                    batchSize,
                },
                cancellationToken: cancellationToken
            )
        );
        return rows.AsList();
    }

    private async Task<int> RemoveAsync(
        string consumer,
        IEnumerable<Row> rows,
        DateTimeOffset received,
        CancellationToken cancellationToken
    )
    {
        var ids = rows.Where(row => row.ReceivedAt < received).Select(row => row.EventId).ToArray();
        if (ids.Length == 0)
        {
            return 0;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from inbox where consumer = @consumer and event_id = any(@ids)",
                new { consumer, ids },
                cancellationToken: cancellationToken
            )
        );
    }
}
