using Dapper;
using Npgsql;

namespace Commerce.Messaging.Outbox;

/// <summary>
/// While somebody reads the outbox to publish it again, no row is trimmed. Any number may hold; a hold ends with its connection,
/// hence also with a crash.
/// </summary>
internal sealed class OutboxTrimLock : IAsyncDisposable
{
    // Any number that nobody else locks in this database.
    private const long LockKey = 0x4f757462_6f780000;
    private readonly NpgsqlConnection _connection;

    private OutboxTrimLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Waits for the batch that is being trimmed at this moment.</summary>
    public static async Task<OutboxTrimLock> TakeAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "select pg_advisory_lock_shared(@LockKey)",
                    new { LockKey },
                    cancellationToken: cancellationToken
                )
            );
            return new OutboxTrimLock(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>True: until the transaction ends nobody holds the rows.</summary>
    public static Task<bool> TryForbidAsync(NpgsqlTransaction transaction) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            "select pg_try_advisory_xact_lock(@LockKey)",
            new { LockKey },
            transaction
        );

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.ExecuteAsync("select pg_advisory_unlock_shared(@LockKey)", new { LockKey });
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            // The connection broke, and the lock went with it.
        }

        await _connection.DisposeAsync();
    }
}
