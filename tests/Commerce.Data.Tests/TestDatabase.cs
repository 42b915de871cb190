using Commerce.ServerProcesses;
using Npgsql;

namespace Commerce.Data.Tests;

/// <summary>A database of its own for each test, on one server that ends with the process.</summary>
internal static class TestDatabase
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync());

    public static async Task<string> CreateAsync() =>
        await (await Server.Value).CreateDatabaseAsync("t" + Guid.NewGuid().ToString("N")[..12]);

    public static async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
#pragma warning disable CA2100 // the tests' own texts
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
