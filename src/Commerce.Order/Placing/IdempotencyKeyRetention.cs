using Commerce.Data.Retention;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>Removes idempotency keys after their 24 h. Until then a key that is too old is not read and may be taken over.</summary>
internal sealed class IdempotencyKeyRetention(NpgsqlDataSource database) : StatementRetentionPolicy(database)
{
    public override string Table => "idempotency_keys";

    protected override string Sql =>
        """
            delete from idempotency_keys where ctid = any(array(
              select ctid from idempotency_keys where created_at < now() - interval '24 hours'
              order by created_at limit @batchSize for update skip locked))
            """;
}
