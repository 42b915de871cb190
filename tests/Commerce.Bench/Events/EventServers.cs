using Commerce.ServerProcesses;
using Npgsql;

namespace Commerce.Bench.Events;

/// <summary>
/// PostgreSQL that has every commit on disk, and for each run a database and a broker that nobody has used: whatever is
/// measured, ours or beside it, begins from the same state.
/// </summary>
internal sealed class EventServers : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private int _runs;

    private EventServers(PostgresServer postgres) => _postgres = postgres;

    public static async Task<EventServers> StartAsync() =>
        new(await PostgresServer.StartAsync(new PostgresServerOptions { Durable = true }));

    public async Task<Stage> NewStageAsync()
    {
        var name = $"bench{++_runs}";
        var database = await _postgres.CreateDatabaseAsync(name);
        var kafka = await KafkaBroker.StartAsync(
            new KafkaBrokerOptions { Topics = [BenchEvent.Topic, BenchEvent.ResultTopic] }
        );
        return new Stage(this, name, database, kafka);
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    /// <summary>A database that nobody uses any more, with its slot: the slot would make the server keep its log.</summary>
    private async Task DropAsync(string name)
    {
        await using var server = NpgsqlDataSource.Create(
            _postgres.ConnectionStringFor("postgres") + ";Pooling=false;Command Timeout=60"
        );
        await using var slots = server.CreateCommand(
            """
            select pg_terminate_backend(active_pid, 5000) from pg_replication_slots
            where database = $1 and active_pid is not null
            """
        );
        slots.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await slots.ExecuteNonQueryAsync();
        await using var drop = server.CreateCommand(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1"
        );
        drop.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await drop.ExecuteNonQueryAsync();
#pragma warning disable CA2100 // the name is ours: an identifier cannot be a parameter
        await using var database = server.CreateCommand($"drop database {name} with (force)");
#pragma warning restore CA2100
        await database.ExecuteNonQueryAsync();
    }

    /// <summary>The servers of one run.</summary>
    internal sealed class Stage(EventServers servers, string name, string database, KafkaBroker kafka)
        : IAsyncDisposable
    {
        public string Database => database;

        public string Kafka => kafka.ConnectionString;

        /// <summary>For <see cref="Core.CpuWatch"/>.</summary>
        public (string, int)[] Parties => [("PostgreSQL", servers._postgres.ProcessId), ("broker", kafka.ProcessId)];

        public async ValueTask DisposeAsync()
        {
            await kafka.DisposeAsync();
            await servers.DropAsync(name);
        }
    }
}
