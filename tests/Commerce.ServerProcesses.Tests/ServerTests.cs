using Npgsql;

namespace Commerce.ServerProcesses.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task PostgreSQL_keeps_its_data_and_its_port_over_a_kill_and_takes_logical_slots()
    {
        await using var server = await PostgresServer.StartAsync(
            new PostgresServerOptions { Databases = ["shopdb"], Durable = true }
        );
        var database = server.ConnectionStringFor("shopdb");
        await Sql.RunAsync(database, "create table fruit(name text); insert into fruit values ('사과')");
        await Sql.RunAsync(database, "select pg_create_logical_replication_slot('relay', 'pgoutput')");

        var first = server.ProcessId;
        server.Kill();
        await server.Exited;
        (await server.IsHealthyAsync()).ShouldBeFalse();
        await server.EnsureStartedAsync();

        server.ProcessId.ShouldNotBe(first);
        (await Sql.RunAsync(database, "select name from fruit")).ShouldBe("사과");
    }

    [Theory]
    [InlineData(StopMode.Fast)]
    [InlineData(StopMode.Immediate)]
    public async Task PostgreSQL_restarts_with_its_data_either_way(StopMode mode)
    {
        await using var server = await PostgresServer.StartAsync();
        await Sql.RunAsync(server.ConnectionString, "create table t(n int); insert into t values (7)");

        await server.RestartAsync(mode);

        (await Sql.RunAsync(server.ConnectionString, "select n from t")).ShouldBe(7);
    }

    [Fact]
    public async Task A_temporary_PostgreSQL_refuses_a_wrong_password_and_leaves_no_folder()
    {
        string connection;
        string folder;
        await using (var server = await PostgresServer.StartAsync())
        {
            connection = server.ConnectionString;
            folder = (string)(await Sql.RunAsync(connection, "show data_directory"))!;
            var wrong = new NpgsqlConnectionStringBuilder(connection) { Password = "wrong" };
            var refusal = await Should.ThrowAsync<PostgresException>(() =>
                Sql.RunAsync(wrong.ConnectionString, "select 1")
            );
            refusal.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        }

        await Should.ThrowAsync<NpgsqlException>(() => Sql.RunAsync(connection, "select 1"));
        Directory.Exists(Path.GetDirectoryName(folder)).ShouldBeFalse();
    }

    [Fact]
    public async Task PostgreSQL_below_a_folder_that_its_account_cannot_enter_works_all_the_same()
    {
        // As a checkout in /root: closed to the account that root starts PostgreSQL under.
        var closed = Directory.CreateTempSubdirectory("commerce-closed-").FullName;
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var data = Path.Combine(closed, "postgres");
        try
        {
            await using var server = await PostgresServer.StartAsync(
                new PostgresServerOptions { DataDirectory = data }
            );

            (await Sql.RunAsync(server.ConnectionString, "select 1")).ShouldBe(1);
        }
        finally
        {
            ServerFolder.Remove(data);
            Directory.Delete(closed, recursive: true);
        }
    }

    [Fact]
    public async Task Redis_with_a_folder_keeps_its_keys_over_a_restart_and_wants_its_password()
    {
        var folder = Directory.CreateTempSubdirectory("commerce-redis-").FullName;
        try
        {
            await using var server = await RedisServer.StartAsync(new RedisServerOptions { DataDirectory = folder });
            (await Redis.AskAsync(server.Port, "PING")).ShouldStartWith("-NOAUTH");
            var password = server.ConnectionString.Split("password=")[1];
            await Redis.AskAsync(server.Port, $"AUTH {password}", "SET cart apples");

            await server.RestartAsync();

            (await Redis.AskAsync(server.Port, $"AUTH {password}", "STRLEN cart")).ShouldBe(":6");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
