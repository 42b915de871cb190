using Npgsql;

namespace Commerce.Messaging.Consumers;

internal static class Inbox
{
    /// <summary>Inserts the events of the consumer; returns those that were not there yet.</summary>
    public static async Task<HashSet<Guid>> TryInsertAsync(
        NpgsqlTransaction transaction,
        string consumer,
        IEnumerable<Guid> ids,
        CancellationToken cancellationToken
    )
    {
        // In one order everywhere, so that two replicas with the same events wait for each other instead of deadlocking.
        var sorted = ids.Distinct().Order().ToArray();
        if (sorted.Length == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            """
            insert into inbox (consumer, event_id) select $1, unnest($2)
            on conflict do nothing
            returning event_id
            """,
            transaction.Connection,
            transaction
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = sorted });
        var inserted = new HashSet<Guid>(sorted.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            inserted.Add(reader.GetGuid(0));
        }

        return inserted;
    }
}
