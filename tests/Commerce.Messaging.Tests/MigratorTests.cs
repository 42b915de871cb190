using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Messaging.Tests;

public sealed class MigratorTests
{
    [Fact]
    public async Task Replicas_that_start_at_once_apply_each_script_once()
    {
        var options = await Servers.NewServiceAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(options)));

        (
            await CrashTests.ScalarAsync<string>(
                options,
                "select string_agg(origin || ' ' || version, ', ' order by applied_at) from schema_migrations"
            )
        ).ShouldBe(
            "Commerce.Messaging 1, Commerce.Messaging 2, Commerce.Messaging 3, Commerce.Messaging 4, Commerce.Messaging.Tests 1"
        );
    }

    [Fact]
    public async Task A_script_that_changed_after_it_was_applied_stops_the_start()
    {
        var options = await Servers.NewServiceAsync();
        await MigrateAsync(options);
        await CrashTests.ScalarAsync<string>(
            options,
            "update schema_migrations set checksum = 'other' where origin = 'Commerce.Messaging.Tests' returning name"
        );

        var exception = await Should.ThrowAsync<InvalidOperationException>(() => MigrateAsync(options));

        exception.Message.ShouldContain("001_seen");
    }

    internal static async Task MigrateAsync(TestServiceOptions options)
    {
        await using var database = NpgsqlDataSource.Create(options.Database);
        var migrator = new Migrator(
            database,
            [typeof(Migrator).Assembly, typeof(MigratorTests).Assembly],
            NullLogger<Migrator>.Instance
        );
        await migrator.ApplyAsync(CancellationToken.None);
    }
}
