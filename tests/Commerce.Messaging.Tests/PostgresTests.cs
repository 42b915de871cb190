using Commerce.Messaging.Tests.Support;
using Commerce.ServerProcesses;

namespace Commerce.Messaging.Tests;

public sealed class PostgresTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(StopMode.Fast)]
    [InlineData(StopMode.Immediate)]
    public async Task A_restart_of_PostgreSQL_loses_and_doubles_nothing(StopMode mode)
    {
        // Durable, because an immediate stop is a crash.
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Durable = true });
        var options = await Servers.NewServiceAsync() with
        {
            Database = await postgres.CreateDatabaseAsync("restarted"),
        };
        await using var service = await TestService.StartAsync(options);
        var subject = Guid.NewGuid();
        var committed = 0;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await service.PublishAsync(subject, new Note(committed));
                    committed++;
                }
                catch (Exception) when (!stop.IsCancellationRequested)
                {
                    // The server is away. Whether the commit arrived is unknown, and either is right.
                    await Task.Delay(20);
                }
            }
        });
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count > 20);

        await postgres.RestartAsync(mode);
        var before = committed;
        await Eventually.True(() => committed > before + 20, Timeout);
        await stop.CancelAsync();
        await writing;

        var rows = await service.ScalarAsync<long>("select count(*) from outbox");
        await Eventually.True(
            async () => await service.ScalarAsync<long>("select count(*) from seen") >= rows,
            Timeout
        );
        (await service.ScalarAsync<long>("select count(distinct event_id) from seen")).ShouldBe(rows);
        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(rows);
        rows.ShouldBeGreaterThanOrEqualTo(committed);
    }

    [Fact]
    public async Task A_dead_broker_does_not_keep_PostgreSQL_from_stopping()
    {
        await using var postgres = await Servers.StartPostgresAsync();
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with
        {
            Database = await postgres.CreateDatabaseAsync("stopped"),
            Kafka = kafka.ConnectionString,
            Settings = new() { ["Messaging:StallTimeout"] = "00:00:01" },
        };
        await using var service = await TestService.StartAsync(options);
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);

        kafka.Kill();
        await service.PublishAsync(subject, new Note(2));
        await Eventually.True(async () =>
            await service.ScalarAsync<long>("select count(*) from pg_replication_slots where active") == 0
        );
        var stopping = TimeProvider.System.GetTimestamp();
        await postgres.StopAsync();

        TimeProvider.System.GetElapsedTime(stopping).ShouldBeLessThan(TimeSpan.FromSeconds(8));
        await postgres.EnsureStartedAsync();
        await kafka.EnsureStartedAsync();
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2, Timeout);
    }

    [Fact]
    public async Task A_slot_that_PostgreSQL_gave_up_is_made_anew_and_the_table_fills_the_gap()
    {
        await using var postgres = await Servers.StartPostgresAsync("-c", "max_slot_wal_keep_size=16MB");
        var options = await Servers.NewServiceAsync() with { Database = await postgres.CreateDatabaseAsync("lost") };
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            await first.PublishAsync(subject, new Note(1));
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 1);
        }

        await CrashTests.WriteAsync(options, subject, 2, 3);
        for (var segment = 0; segment < 6; segment++)
        {
            await CrashTests.ScalarAsync<object>(
                options,
                "select pg_logical_emit_message(false, '', 'x')::text || pg_switch_wal()"
            );
        }

        await CrashTests.ScalarAsync<object>(options, "checkpoint; select 1");
        (await CrashTests.ScalarAsync<string>(options, "select wal_status from pg_replication_slots")).ShouldBe("lost");

        await using var second = await TestService.StartAsync(options);
        await second.PublishAsync(subject, new Note(4));

        await Eventually.True(async () => (await second.SeenAsync(subject)).Count >= 4, Timeout);
        (await second.SeenAsync(subject)).ShouldBe([1, 2, 3, 4]);
    }

    /// <summary>As after a failover to a standby that was behind: positions of the log that are lower than what was confirmed.</summary>
    [Fact]
    public async Task A_database_that_is_set_back_under_a_running_relay_is_published_from_its_own_position()
    {
        await using var postgres = await Servers.StartPostgresAsync();
        var options = await Servers.NewServiceAsync() with { Database = await postgres.CreateDatabaseAsync("back") };
        await using var service = await TestService.StartAsync(options);
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        var data = await service.ScalarAsync<string>("show data_directory");
        await postgres.StopAsync();
        await RunAsync("cp", "-a", data, data + ".before");
        await postgres.EnsureStartedAsync();

        // Not by connections of a pool that die with the server.
        var outside = options with
        {
            Database = options.Database + ";Pooling=false",
        };
        await CrashTests.WriteAsync(outside, subject, 2);
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2, Timeout);
        // Whole files of the log ahead of what will be written after the way back.
        const string Emit = "select pg_logical_emit_message(false, '', 'x')::text";
        await CrashTests.ScalarAsync<string>(outside, Emit + " || pg_switch_wal()");
        await CrashTests.ScalarAsync<string>(outside, Emit + " || pg_switch_wal()");
        var ahead = await CrashTests.ScalarAsync<string>(outside, Emit);
        await Eventually.True(async () =>
            await CrashTests.ScalarAsync<bool>(
                outside,
                $"select confirmed_flush_lsn >= '{ahead}' from pg_replication_slots"
            )
        );
        await postgres.StopAsync();
        await RunAsync("rm", "-r", data);
        await RunAsync("mv", data + ".before", data);
        await postgres.EnsureStartedAsync();
        await CrashTests.WriteAsync(outside, subject, 3);

        await Eventually.True(async () => (await service.SeenAsync(subject)).Contains(3), Timeout);
        (await CrashTests.ScalarAsync<bool>(outside, $"select pg_current_wal_lsn() < '{ahead}'")).ShouldBeTrue();
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = System.Diagnostics.Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }
}
