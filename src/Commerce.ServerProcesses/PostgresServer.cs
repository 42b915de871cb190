using System.Globalization;
using Commerce.ServerProcesses.Processes;
using Npgsql;

namespace Commerce.ServerProcesses;

/// <summary>What a PostgreSQL server of its own is started with. Every value has a default fit for a test.</summary>
public sealed record PostgresServerOptions
{
    /// <summary>Data folder that survives; null = a temporary one that goes with the server.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Loopback port; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>The superuser's password; null = a random one, which only makes sense with a temporary folder.</summary>
    public string? Password { get; init; }

    /// <summary>Databases that exist once the start has completed.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>True: every commit is on disk. False (tests): fsync and full_page_writes are off.</summary>
    public bool Durable { get; init; }

    /// <summary>Further command-line arguments, e.g. <c>-c</c> <c>wal_level=logical</c>; they win over the defaults.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets every line of the server's log.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>
/// PostgreSQL from the machine's own packages on 127.0.0.1, with logical WAL, SCRAM passwords and no unix socket. As
/// root it runs under the <c>postgres</c> account, because PostgreSQL refuses to run as root.
/// </summary>
public sealed class PostgresServer : ServerProcess
{
    private const string SuperUser = "postgres";
    private readonly PostgresServerOptions _options;
    private readonly string _password;
    private readonly string _dataDirectory;
    private readonly string? _temporary;

    /// <summary>Starts nothing yet.</summary>
    public PostgresServer(PostgresServerOptions options)
        : base("PostgreSQL", options.Port == 0 ? FreePort.Next() : options.Port, TimeSpan.FromSeconds(60), options.Log)
    {
        _options = options;
        _password = options.Password ?? Secret.Generate(22);
        _temporary = options.DataDirectory is null ? ServerFolder.CreateTemporary("commerce-postgres-") : null;
        _dataDirectory = options.DataDirectory ?? Path.Combine(_temporary!, "data");
    }

    /// <summary>Connection string of the server without a database, as Aspire gives it.</summary>
    public override string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={SuperUser};Password={_password}";

    /// <summary>Creates the cluster when the folder is empty, starts the server and creates the databases.</summary>
    /// <exception cref="InvalidOperationException">No binaries, or the server does not come up; the message says why.</exception>
    public static Task<PostgresServer> StartAsync(
        PostgresServerOptions? options = null,
        CancellationToken cancellationToken = default
    ) => StartedAsync(new PostgresServer(options ?? new PostgresServerOptions()), cancellationToken);

    /// <summary>Connection string with a database.</summary>
    public string ConnectionStringFor(string database) => $"{ConnectionString};Database={database}";

    /// <summary>Creates the database when it is not there and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection);
        find.Parameters.AddWithValue(name);
        if (await find.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = connection.CreateCommand();
#pragma warning disable CA2100 // an identifier cannot be a parameter; quoted below
            create.CommandText = $"create database {new NpgsqlCommandBuilder().QuoteIdentifier(name)}";
#pragma warning restore CA2100
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return ConnectionStringFor(name);
    }

    /// <summary>SIGKILL for the server and all its backends, as a power cut would look to the data.</summary>
    public override void Kill()
    {
        var backends = ProcessTree.ChildrenOf(ProcessId);
        base.Kill();
        foreach (var backend in backends)
        {
            Libc.Signal(backend, Libc.SigKill);
        }
    }

    private protected override int FastSignal => Libc.SigInt;

    private protected override int ImmediateSignal => Libc.SigQuit;

    // A temporary cluster is deleted the next moment: no checkpoint for it.
    private protected override StopMode DisposeMode => _temporary is null ? StopMode.Fast : StopMode.Immediate;

    private protected override async Task<ProcessSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        var binaries = PostgresBinaries.Find(_dataDirectory);
        await PostgresCluster.EnsureAsync(binaries, _dataDirectory, _password, _options.Durable, cancellationToken);
        var folder = ServerFolder.Resolve(_dataDirectory);
        await PostgresCluster.ClearStaleLockAsync(folder, cancellationToken);
        return new ProcessSpec(Path.Combine(binaries, "postgres"), ["-D", folder, .. Settings(), .. _options.Arguments])
        {
            Account = PostgresCluster.Account,
            DeathSignal = "QUIT",
        };
    }

    private protected override async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select 1", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is 1;
    }

    private protected override async Task AfterStartAsync(CancellationToken cancellationToken)
    {
        foreach (var database in _options.Databases)
        {
            await CreateDatabaseAsync(database, cancellationToken);
        }
    }

    private protected override Task CleanUpAsync()
    {
        if (_temporary is not null)
        {
            ServerFolder.Remove(_temporary);
        }

        return Task.CompletedTask;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionStringFor("postgres") + ";Pooling=false;Timeout=2");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private IEnumerable<string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["password_encryption"] = "scram-sha-256",
            ["logging_collector"] = "off",
            ["timezone"] = "UTC",
            ["max_connections"] = "300",
            ["shared_buffers"] = "256MB",
            ["wal_level"] = "logical",
            ["max_wal_senders"] = "16",
            ["max_replication_slots"] = "16",
            ["max_wal_size"] = "4GB",
            ["checkpoint_timeout"] = "15min",
        };
        if (!_options.Durable)
        {
            settings["fsync"] = "off";
            settings["full_page_writes"] = "off";
            settings["shared_buffers"] = "64MB";
        }

        return settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
    }
}
