using Npgsql;

namespace Commerce.ServerProcesses.Tests;

internal static class Sql
{
    /// <summary>One statement on a connection of its own; the first value, null without one.</summary>
    public static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
