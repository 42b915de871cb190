using Npgsql;

namespace Commerce.Data.Batches;

/// <summary>
/// Several statements as one message to the server. Waiting for an answer costs more than most statements do, so what nobody
/// needs an answer to goes together, the commit last.
/// </summary>
public static class NpgsqlBatchExtensions
{
    /// <summary>Adds one statement.</summary>
    /// <param name="parameters">Each property is the value of the placeholder <c>@name</c>.</param>
    public static void Add(this NpgsqlBatch batch, string sql, object parameters)
    {
#pragma warning disable CA2100 // the callers' constant texts
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        foreach (var property in parameters.GetType().GetProperties())
        {
            command.Parameters.Add(new NpgsqlParameter(property.Name, property.GetValue(parameters) ?? DBNull.Value));
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>Sends what was added; nothing when that is nothing.</summary>
    public static Task WriteAsync(this NpgsqlBatch batch, CancellationToken cancellationToken) =>
        batch.BatchCommands.Count == 0 ? Task.CompletedTask : batch.ExecuteNonQueryAsync(cancellationToken);

    /// <summary>Sends what was added and commits. When a statement fails, the server ignores those after it: nothing is committed.</summary>
    /// <remarks>
    /// For a batch within a transaction. The commit is never the only statement: a transaction that failed before would answer it
    /// with a rollback and no error, and what was not written would pass for written.
    /// </remarks>
    public static Task CommitAsync(this NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        if (batch.BatchCommands.Count == 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        return batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
