using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>Removes dead letters that were redriven or put away long ago. Open ones stay, and what admins did stays written down.</summary>
internal sealed class DeadLetterTrim(NpgsqlDataSource database, MessagingOptions options) : ITrim
{
    public string Table => "dead_letters";

    public async IAsyncEnumerable<int> RunAsync(
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (await RemoveAsync(batchSize, cancellationToken) is > 0 and var removed)
        {
            yield return removed;
        }
    }

    private async Task<int> RemoveAsync(int batchSize, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                """
                delete from dead_letters where id = any(array(
                  select id from dead_letters
                  where (redriven_at is not null or discarded_at is not null)
                    and coalesce(redriven_at, discarded_at) < now() - @InboxKept
                  order by coalesce(redriven_at, discarded_at) limit @batchSize))
                """,
                new { options.InboxKept, batchSize },
                cancellationToken: cancellationToken
            )
        );
    }
}
