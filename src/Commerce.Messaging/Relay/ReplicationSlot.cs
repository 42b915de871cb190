using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace Commerce.Messaging.Relay;

/// <summary>The database's one logical replication slot. It admits one reader, which makes every other replica a standby.</summary>
internal sealed class ReplicationSlot(
    NpgsqlDataSource database,
    RelayConnectionString connectionString,
    ILogger<ReplicationSlot> logger
)
{
    private static readonly TimeSpan TakeOverInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Slots are named for the whole server.</summary>
    public string Name { get; } = NameFor(connectionString.Database);

    /// <summary>What of the slot is gone; null when it is usable.</summary>
    public async Task<string?> FindLossAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("select wal_status from pg_replication_slots where slot_name = $1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return "missing";
        }

        return !reader.IsDBNull(0) && reader.GetString(0) == "lost" ? "lost" : null;
    }

    /// <summary>Makes the slot anew. Every commit from now on is in it.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using (
            var drop = Command(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and wal_status = 'lost'"
            )
        )
        {
            await drop.ExecuteNonQueryAsync(cancellationToken);
        }

        try
        {
            await using var create = Command("select pg_create_logical_replication_slot($1, 'pgoutput')");
            // Waits for every transaction that is open on the server.
            create.CommandTimeout = 300;
            await create.ExecuteNonQueryAsync(cancellationToken);
            logger.LogInformation("Created replication slot {Slot}", Name);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateObject)
        {
            // Another replica was faster.
        }
    }

    /// <summary>Waits until no other relay reads the slot, then reads it.</summary>
    /// <param name="standby">Called when another relay holds the slot.</param>
    public async Task<WalStream> TakeAsync(Action standby, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReaderAsync(cancellationToken) is null)
            {
                var stream = await WalStream.TryStartAsync(this, connectionString.Value, cancellationToken);
                if (stream is not null)
                {
                    return stream;
                }
            }

            standby();
            await Task.Delay(TakeOverInterval, cancellationToken);
        }
    }

    /// <summary>The server process that reads the slot, or null.</summary>
    public async Task<int?> ReaderAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("select active_pid from pg_replication_slots where slot_name = $1");
        return await command.ExecuteScalarAsync(cancellationToken) as int?;
    }

    /// <summary>Whether everything committed before that position of the log is published; false when there is no slot.</summary>
    public async Task<bool> HasConfirmedAsync(string position, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "select confirmed_flush_lsn >= $2::pg_lsn from pg_replication_slots where slot_name = $1"
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = position });
        return await command.ExecuteScalarAsync(cancellationToken) as bool? ?? false;
    }

    /// <summary>WAL in bytes that no relay has confirmed; −1 when there is no slot.</summary>
    public async Task<long> LagBytesAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            select greatest(0, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn))::bigint
            from pg_replication_slots where slot_name = $1
            """
        );
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? -1;
    }

    /// <summary>WAL in bytes that the server keeps for the slot; −1 when there is no slot.</summary>
    public async Task<long> SizeBytesAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            select greatest(0, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))::bigint
            from pg_replication_slots where slot_name = $1
            """
        );
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? -1;
    }

    internal static string NameFor(string databaseName)
    {
        var name =
            "outbox_"
            + string.Concat(databaseName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return name.Length <= 63 ? name : name[..63];
    }

#pragma warning disable CA2100 // only the constant texts above come here
    private NpgsqlCommand Command(string sql)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        return command;
    }
#pragma warning restore CA2100
}

/// <summary>The service's database as the relay opens it. Has the password.</summary>
internal sealed record RelayConnectionString(string Value)
{
    public string Database { get; } = new NpgsqlConnectionStringBuilder(Value).Database ?? "postgres";
}

/// <summary>The running replication of a slot.</summary>
internal sealed class WalStream : IAsyncDisposable
{
    private readonly LogicalReplicationConnection _connection;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<PgOutputReplicationMessage> _messages;
    private Task<bool> _next;

    private WalStream(LogicalReplicationConnection connection, string slot)
    {
        _connection = connection;
        _stop = new CancellationTokenSource();
        // From the slot's own position, never from one that we remember: every confirmation is sent to the server at once, so
        // the slot is at the last one, or before it when that was lost with the connection or a crash. Then some rows are
        // published again, which inboxes notice. A position of ours may be ahead of a log that was set back (a standby that was
        // behind took over, a backup was restored), and PostgreSQL skips commits up to the position that it is asked for.
        _messages = connection
            .StartReplication(
                new PgOutputReplicationSlot(slot),
                new PgOutputReplicationOptions("outbox", PgOutputProtocolVersion.V1, binary: true),
                _stop.Token
            )
            .GetAsyncEnumerator(_stop.Token);
        _next = _messages.MoveNextAsync().AsTask();
    }

    /// <summary>How far the server has got with sending.</summary>
    public NpgsqlLogSequenceNumber Received => _connection.LastReceivedLsn;

    /// <summary>Starts reading; null when another relay reads the slot.</summary>
    public static async Task<WalStream?> TryStartAsync(
        ReplicationSlot slot,
        string connectionString,
        CancellationToken cancellationToken
    )
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = slot.Name,
            // A dead relay frees the slot after this, whatever the server's own setting is.
            Options = "-c wal_sender_timeout=10s",
        };
        var connection = new LogicalReplicationConnection(settings.ConnectionString)
        {
            WalReceiverStatusInterval = TimeSpan.FromSeconds(3),
        };
        WalStream? stream = null;
        try
        {
            await connection.Open(cancellationToken);
            stream = new WalStream(connection, slot.Name);
            // Without traffic nothing says that the start succeeded, so the server is asked who reads the slot.
            while (await slot.ReaderAsync(cancellationToken) != connection.ProcessID)
            {
                if (stream._next.IsCompleted)
                {
                    await stream._next;
                }

                await Task.Delay(10, cancellationToken);
            }

            return stream;
        }
        catch (Exception exception)
        {
            await (stream?.DisposeAsync() ?? connection.DisposeAsync());
            if (exception is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse })
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>The next message, valid until the call after it; null at the end.</summary>
    public async Task<PgOutputReplicationMessage?> NextAsync(CancellationToken cancellationToken)
    {
        if (!await _next.WaitAsync(cancellationToken))
        {
            return null;
        }

        return _messages.Current;
    }

    /// <summary>Lets the message go and fetches the one after it.</summary>
    public void Advance() => _next = _messages.MoveNextAsync().AsTask();

    /// <summary>Tells the server that it may forget everything up to <paramref name="lsn"/>.</summary>
    public Task ConfirmAsync(NpgsqlLogSequenceNumber lsn, CancellationToken cancellationToken)
    {
        _connection.SetReplicationStatus(lsn);
        return _connection.SendStatusUpdate(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Cancelled or broken: it ends either way, and the server may be gone.
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _messages.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
