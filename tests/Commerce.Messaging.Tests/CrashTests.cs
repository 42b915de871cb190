using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;
using Npgsql;

namespace Commerce.Messaging.Tests;

/// <summary>
/// Processes that are killed at the points where something is done and not yet said, each named by its trait. They are
/// reached from outside (an unreachable broker, a held lock, a handler of the test's), so production has no switch for them.
/// </summary>
public sealed class CrashTests
{
    [Fact]
    [Trait("CrashPoint", "after commit, before publish")]
    public async Task A_crash_between_commit_and_publish_loses_nothing()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        // The slot exists and keeps what nobody reads.
        await using (var first = await TestService.StartAsync(options))
        {
            await first.PublishAsync(subject, new Note(0));
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 1);
        }

        // This one commits and dies without ever having reached a broker.
        await using (var dying = await WorkerProcess.StartAsync(options with { Kafka = "127.0.0.1:1" }))
        {
            await WriteAsync(options, subject, 1, 2, 3);
            await dying.KillAsync();
        }

        await using var second = await TestService.StartAsync(options);
        var seen = await Eventually.Value(() => second.SeenAsync(subject), numbers => numbers.Count >= 4);
        seen.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    [Trait("CrashPoint", "after publish, before the position is confirmed")]
    public async Task A_crash_between_publish_and_confirm_doubles_nothing_downstream()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await using (var dying = await WorkerProcess.StartAsync(options with { Consumer = null }))
        {
            await WriteAsync(options, subject, 1);
            await KafkaClient.ReadAsync(options.Kafka, options.Topic, list => list.Count == 1);
            await Eventually.True(async () => await ConfirmedAsync(options));

            // Holding the relay's row keeps it from writing down, and so from confirming, what it publishes now.
            await using var connection = new NpgsqlConnection(options.Database);
            await connection.OpenAsync();
            await using var block = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("select * from relay for update", connection, block);
            await hold.ExecuteNonQueryAsync();
            await WriteAsync(options, subject, 2, 3);
            await KafkaClient.ReadAsync(options.Kafka, options.Topic, list => list.Count == 3);
            await dying.KillAsync();
        }

        await using var service = await TestService.StartAsync(options);
        await service.PublishAsync(subject, new Note(4));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Contains(4));
        (await service.SeenAsync(subject)).ShouldBe([1, 2, 3, 4]);
        var read = await KafkaClient.ReadAsync(options.Kafka, options.Topic, list => list.Count >= 6);
        read.Count.ShouldBe(6, "two events really were published twice");
    }

    [Fact]
    [Trait("CrashPoint", "inside the handler's transaction")]
    public async Task A_consumer_killed_inside_its_transaction_loses_and_doubles_nothing()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await using (var dying = await WorkerProcess.StartAsync(options with { HandlerDelayMs = 60_000 }))
        {
            await WriteAsync(options, subject, [.. Enumerable.Range(1, 50)]);
            // Its rows are written but not committed.
            await Eventually.True(async () =>
                await ScalarAsync<long>(
                    options,
                    "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
                ) > 0
            );
            (await ScalarAsync<long>(options, "select count(*) from seen")).ShouldBe(0);
            await dying.KillAsync();
        }

        await using var service = await TestService.StartAsync(options);
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count >= 50);
        (await service.SeenAsync(subject)).ShouldBe(Enumerable.Range(1, 50));
    }

    [Fact]
    [Trait("CrashPoint", "after the handler's commit, before the offset is committed")]
    public async Task A_consumer_killed_between_its_commit_and_the_brokers_offset_doubles_nothing()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await using (var dying = await WorkerProcess.StartAsync(options with { DieAfterCommit = true }))
        {
            await WriteAsync(options, subject, 1, 2, 3);
            await dying.DeathAsync();
        }

        (await ScalarAsync<long>(options, "select count(*) from seen")).ShouldBe(3, "it had committed");
        KafkaClient.Committed(options.Kafka, options.Topic, options.Consumer!).ShouldBe(0, "nobody told the broker");
        await using var service = await TestService.StartAsync(options);
        await service.PublishAsync(subject, new Note(4));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Contains(4));
        (await service.SeenAsync(subject)).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    [Trait("CrashPoint", "inside a migration")]
    public async Task A_service_killed_inside_a_migration_leaves_nothing_of_it_and_the_next_start_applies_it()
    {
        var options = await Servers.NewServiceAsync();
        await Servers.MigrateAsync(options);
        await ScalarAsync<object>(
            options,
            "drop table seen; delete from schema_migrations where origin = 'Commerce.Messaging.Tests' returning version"
        );
        await using (var connection = new NpgsqlConnection(options.Database))
        {
            // The script's own table is made, and writing down that it was applied has to wait.
            await connection.OpenAsync();
            await using var block = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand(
                "lock table schema_migrations in share row exclusive mode",
                connection,
                block
            );
            await hold.ExecuteNonQueryAsync();
            await using var dying = WorkerProcess.Launch(options);
            await Eventually.True(async () =>
                await ScalarAsync<bool>(
                    options,
                    "select exists (select from pg_locks where not granted and relation = 'schema_migrations'::regclass)"
                )
            );
            await dying.KillAsync();
        }

        await Eventually.True(async () =>
            await ScalarAsync<long>(
                options,
                "select count(*) from pg_stat_activity where datname = current_database() and state <> 'idle'"
            ) == 1
        );
        (await ScalarAsync<bool>(options, "select to_regclass('seen') is null")).ShouldBeTrue("it was rolled back");
        await using var service = await TestService.StartAsync(options);
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
    }

    [Fact]
    public async Task A_standby_takes_the_slot_over_when_the_first_relay_is_killed()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await using var first = await WorkerProcess.StartAsync(options with { Consumer = null });
        // Active it is while it is being made, too: the second relay could still be the first to read from it then.
        await Eventually.True(async () =>
            await ScalarAsync<long>(
                options,
                """
                select count(*) from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid
                where s.database = current_database() and r.state = 'streaming'
                """
            ) == 1
        );
        await using var second = await TestService.StartAsync(options);
        await Eventually.True(() => second.Relay.State == RelayState.Standby);
        await second.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await second.SeenAsync(subject)).Count == 1);

        await first.KillAsync();
        await second.PublishAsync(subject, new Note(2));

        await Eventually.True(() => second.Relay.State == RelayState.Streaming);
        await Eventually.True(async () => (await second.SeenAsync(subject)).Count >= 2);
        (await second.SeenAsync(subject)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Reading_a_whole_topic_again_handles_nothing_again()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            // While a first slot is made, events may be published twice.
            await Eventually.True(() => first.Relay.State == RelayState.Streaming);
            await first.PublishAsync(subject, [.. Enumerable.Range(1, 300).Select(n => new Note(n))]);
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 300);
        }

        await ScalarAsync<object>(options, "delete from consumer_offset");
        await using var second = await TestService.StartAsync(options);
        await second.PublishAsync(subject, new Note(301));

        await Eventually.True(async () => (await second.SeenAsync(subject)).Contains(301));
        (await second.SeenAsync(subject)).ShouldBe(Enumerable.Range(1, 301));
        // It did read from the beginning.
        (await second.ScalarAsync<long>("select sum(next_offset) from consumer_offset")).ShouldBe(301);
    }

    /// <summary>A use case of a service that is not there to publish it.</summary>
    internal static async Task WriteAsync(TestServiceOptions options, Guid subject, params int[] numbers)
    {
        await using var connection = new NpgsqlConnection(options.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var catalog = new EventCatalog(
            new Dictionary<Type, string> { [typeof(Note)] = "test.note.v1" },
            NoteJson.Default
        );
        await new PostgresOutbox(catalog).AppendAsync(
            transaction,
            [.. numbers.Select(n => new OutgoingEvent(subject, new Note(n)))]
        );
        await transaction.CommitAsync();
    }

    private static Task<bool> ConfirmedAsync(TestServiceOptions options) =>
        ScalarAsync<bool>(options, "select exists (select from relay where published > 0 or confirmed_at is not null)");

    internal static async Task<T> ScalarAsync<T>(TestServiceOptions options, string sql)
    {
        await using var connection = new NpgsqlConnection(options.Database);
        await connection.OpenAsync();
#pragma warning disable CA2100 // the tests' own texts
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
