using Dapper;
using Npgsql;

namespace Commerce.Messaging;

internal enum RedriveOutcome
{
    Done,
    NotFound,
    Failed,
}

/// <summary>Hands a dead letter to its handler again, now. Any replica can do it.</summary>
internal sealed class Redrive(NpgsqlDataSource database, FailedMessageHandler handler, MessagingBuilder messaging)
{
    /// <summary>A letter that was redriven already is done. A failure is kept with the letter.</summary>
    public async Task<(RedriveOutcome Kind, string? Error)> RunAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var message = await connection.QueryFirstOrDefaultAsync<FailedMessage>(
            $"select {FailureStore.Columns} from dead_letters where id = @id for update",
            new { id },
            transaction
        );
        if (message is null)
        {
            return (RedriveOutcome.NotFound, null);
        }

        var done = await connection.ExecuteScalarAsync<bool>(
            "select redriven_at is not null from dead_letters where id = @id",
            new { id },
            transaction
        );
        if (done)
        {
            return (RedriveOutcome.Done, null);
        }

        var consumer = messaging.Consumers.Find(registered => registered.Name == message.Consumer);
        if (consumer is null)
        {
            return (RedriveOutcome.Failed, $"There is no consumer {message.Consumer} any more.");
        }

        await using var attempt = await handler.TryAsync(consumer, message, transaction, cancellationToken);
        await connection.ExecuteAsync(
            attempt.Error is null
                ? "update dead_letters set redriven_at = clock_timestamp() where id = @id"
                : "update dead_letters set attempts = attempts + 1, error = @Error, failed_at = clock_timestamp() where id = @id",
            new { id, attempt.Error },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
        await attempt.AfterCommitAsync(cancellationToken);
        return attempt.Error is null ? (RedriveOutcome.Done, null) : (RedriveOutcome.Failed, attempt.Error);
    }
}
