using Commerce.Data;
using Commerce.Data.Migrations;
using Commerce.ServerProcesses;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Messaging.Tests.Support;

/// <summary>
/// Servers that tests share as long as they do not hurt them: a database and a topic of its own keep each test apart. They end
/// with the process.
/// </summary>
internal static class Servers
{
    private static readonly Lazy<Task<PostgresServer>> SharedPostgres = new(() => StartPostgresAsync());
    private static readonly Lazy<Task<KafkaBroker>> SharedKafka = new(() => KafkaBroker.StartAsync());

    public static Task<PostgresServer> PostgresAsync() => SharedPostgres.Value;

    public static Task<KafkaBroker> KafkaAsync() => SharedKafka.Value;

    /// <summary>A server for a test that stops it.</summary>
    public static Task<PostgresServer> StartPostgresAsync(params string[] arguments) =>
        PostgresServer.StartAsync(
            new PostgresServerOptions
            {
                Arguments = ["-c", "max_replication_slots=64", "-c", "max_wal_senders=64", .. arguments],
            }
        );

    /// <summary>A database and a topic of their own on the shared servers.</summary>
    public static async Task<TestServiceOptions> NewServiceAsync(string? consumer = "reader")
    {
        var name = "t" + Guid.NewGuid().ToString("N")[..12];
        var database = await (await PostgresAsync()).CreateDatabaseAsync(name);
        var kafka = await KafkaAsync();
        return new TestServiceOptions(database, kafka.ConnectionString, "topic-" + name)
        {
            Consumer = consumer is null ? null : $"{name}.{consumer}",
        };
    }

    /// <summary>The tables of a service that is not there.</summary>
    public static async Task MigrateAsync(TestServiceOptions options)
    {
        await using var database = NpgsqlDataSource.Create(options.Database);
        var migrator = new Migrator(
            database,
            [
                new SchemaAssembly(typeof(MessagingBuilder).Assembly),
                new SchemaAssembly(typeof(DatabaseExtensions).Assembly),
                new SchemaAssembly(typeof(Servers).Assembly),
            ],
            NullLogger<Migrator>.Instance
        );
        await migrator.ApplyAsync(CancellationToken.None);
    }
}
