using System.Runtime.CompilerServices;
using Commerce.Messaging;
using Dapper;
using Npgsql;

namespace Commerce.Order.Retention;

/// <summary>Removes idempotency keys after their 24 h. Until then a key that is too old is not read and may be taken over.</summary>
internal sealed class IdempotencyKeyTrim(NpgsqlDataSource database) : ITrim
{
    public string Table => "idempotency_keys";

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
                delete from idempotency_keys where ctid = any(array(
                  select ctid from idempotency_keys where created_at < now() - interval '24 hours'
                  order by created_at limit @batchSize for update skip locked))
                """,
                new { batchSize },
                cancellationToken: cancellationToken
            )
        );
    }
}
