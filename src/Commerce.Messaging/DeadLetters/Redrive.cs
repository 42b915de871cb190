using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Data.Audit;
using Commerce.Messaging.Consumers;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>Hands a dead letter to its handler again, now. Any replica can do it.</summary>
internal sealed class Redrive(
    NpgsqlDataSource database,
    FailedMessageHandler handler,
    IEnumerable<ConsumerRegistration> consumers
)
{
    public const string Done = "done";
    public const string Failed = "failed";
    public const string NotFound = "not-found";
    public const string Discarded = "discarded";
    public const string Redriven = "redriven";

    /// <summary>A letter that was redriven already stays as it is. A failure is kept with the letter.</summary>
    public async Task<LetterOutcome> RunAsync(Guid id, ClaimsPrincipal admin, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(transaction, id, cancellationToken) is { } state)
        {
            return new LetterOutcome(id, state, state == Discarded ? "It was discarded." : null);
        }

        var message = await connection.QuerySingleAsync<FailedMessage>(
            $"select {FailedMessageStore.Columns} from dead_letters where id = @id",
            new { id },
            transaction
        );
        var consumer = consumers.FirstOrDefault(registered => registered.Name == message.Consumer);
        if (consumer is null)
        {
            return new LetterOutcome(id, Failed, $"There is no consumer {message.Consumer} any more.");
        }

        var origin = message.ToOrigin();
        using var processing = new ProcessingSpan(consumer, origin is null ? [] : [origin.Value]);
        await using var attempt = await handler.TryAsync(
            consumer,
            message,
            origin,
            processing,
            transaction,
            cancellationToken
        );
        await connection.ExecuteAsync(
            attempt.Error is null
                ? "update dead_letters set redriven_at = clock_timestamp() where id = @id"
                : "update dead_letters set attempts = attempts + 1, error = @Error, failed_at = clock_timestamp() where id = @id",
            new { id, attempt.Error },
            transaction
        );
        await AuditLog.RecordAsync(transaction, admin, "dead-letter.redrive", id, attempt.Error, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await attempt.AfterCommitAsync(cancellationToken);
        return attempt.Error is null ? new LetterOutcome(id, Done, null) : new LetterOutcome(id, Failed, attempt.Error);
    }

    /// <summary>Locks an open letter: null. Otherwise why it is none: <see cref="NotFound"/>, <see cref="Discarded"/> or <see cref="Redriven"/>.</summary>
    public static async Task<string?> LockAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        var state = await transaction.Connection!.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(
                """
                select case when discarded_at is not null then 'discarded' when redriven_at is not null then 'redriven' else 'open' end
                from dead_letters where id = @id for update
                """,
                new { id },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return state switch
        {
            null => NotFound,
            "open" => null,
            _ => state,
        };
    }
}
