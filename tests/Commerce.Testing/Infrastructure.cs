using Commerce.Contracts;
using Commerce.ServerProcesses;

namespace Commerce.Testing;

/// <summary>
/// Real servers for one fixture: a database of its own on the test process's one PostgreSQL, and a Redis and a Kafka broker
/// of its own, because neither topics nor consumer groups can be told apart between fixtures.
/// </summary>
public sealed class Infrastructure : IAsyncDisposable
{
    // Ends with the process; they leave no orphan.
    private static readonly Lazy<Task<PostgresServer>> SharedPostgres = new(() =>
        PostgresServer.StartAsync(
            new PostgresServerOptions { Arguments = ["-c", "max_replication_slots=64", "-c", "max_wal_senders=64"] }
        )
    );

    private Infrastructure(PostgresServer postgres, RedisServer redis, KafkaBroker kafka, string database)
    {
        Postgres = postgres;
        Redis = redis;
        Kafka = kafka;
        Database = database;
    }

    /// <summary>Shared by the whole test process: do not stop it.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>This fixture's own: stop and restart it at will.</summary>
    public RedisServer Redis { get; }

    /// <summary>This fixture's own: a restart empties it.</summary>
    public KafkaBroker Kafka { get; }

    /// <summary>Connection string of this fixture's fresh database.</summary>
    public string Database { get; }

    public static async Task<Infrastructure> StartAsync()
    {
        var redis = RedisServer.StartAsync();
        // Few partitions start faster; what needs the platform's twelve belongs into its own test.
        var kafka = KafkaBroker.StartAsync(
            new KafkaBrokerOptions
            {
                Topics = [Topics.Order, Topics.Catalog, Topics.Payment, Topics.Delivery, Topics.Identity],
                Partitions = 4,
            }
        );
        var postgres = await SharedPostgres.Value;
        var database = await postgres.CreateDatabaseAsync($"test_{Guid.NewGuid():N}");
        return new Infrastructure(postgres, await redis, await kafka, database);
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Kafka.DisposeAsync();
    }
}
