using Commerce.Data.Retention;
using Commerce.Messaging.Outbox;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>Removes dead letters that were redriven or put away long ago. Open ones stay, and what admins did stays written down.</summary>
internal sealed class DeadLetterRetention(NpgsqlDataSource database, EventRetentionOptions options)
    : StatementRetentionPolicy(database)
{
    public override string Table => "dead_letters";

    protected override string Sql =>
        """
            delete from dead_letters where id = any(array(
              select id from dead_letters
              where (redriven_at is not null or discarded_at is not null)
                and coalesce(redriven_at, discarded_at) < now() - @InboxKept
              order by coalesce(redriven_at, discarded_at) limit @batchSize))
            """;

    protected override object Parameters => new { options.InboxKept };
}
