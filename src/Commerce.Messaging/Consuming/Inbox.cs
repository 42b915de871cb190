using Npgsql;

namespace Commerce.Messaging;

internal static class Inbox
{
    /// <summary>Takes the events for the consumer; returns those that nobody had taken.</summary>
    public static async Task<HashSet<Guid>> TakeAsync(
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
        var taken = new HashSet<Guid>(sorted.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(reader.GetGuid(0));
        }

        return taken;
    }
}
