using Commerce.Data.Migrations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Data.Tests.Migrations;

public sealed class MigratorTests
{
    [Fact]
    public async Task Replicas_that_start_at_once_apply_each_script_once()
    {
        var database = await TestDatabase.CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(database)));

        (
            await TestDatabase.ScalarAsync<string>(
                database,
                "select string_agg(origin || ' ' || version, ', ' order by applied_at) from schema_migrations"
            )
        ).ShouldBe("Commerce.Data 1, Commerce.Data.Tests 1");
    }

    [Fact]
    public async Task A_script_that_changed_after_it_was_applied_stops_the_start()
    {
        var database = await TestDatabase.CreateAsync();
        await MigrateAsync(database);
        await TestDatabase.ScalarAsync<string>(
            database,
            "update schema_migrations set checksum = 'other' where origin = 'Commerce.Data.Tests' returning name"
        );

        var exception = await Should.ThrowAsync<InvalidOperationException>(() => MigrateAsync(database));

        exception.Message.ShouldContain("001_things");
    }

    private static async Task MigrateAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var migrator = new Migrator(
            source,
            [new SchemaAssembly(typeof(Migrator).Assembly), new SchemaAssembly(typeof(MigratorTests).Assembly)],
            NullLogger<Migrator>.Instance
        );
        await migrator.ApplyAsync(CancellationToken.None);
    }
}
