using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Commerce.Data.Retention;

/// <summary>A trim whose batch is one statement, which finds and removes the oldest rows that are past their retention.</summary>
public abstract class StatementRetentionPolicy(NpgsqlDataSource database) : IRetentionPolicy
{
    public abstract string Table { get; }

    /// <summary>Removes at most <c>@batchSize</c> rows; none only when there are none.</summary>
    protected abstract string Sql { get; }

    /// <summary>What the statement needs beside <c>@batchSize</c>.</summary>
    protected virtual object? Parameters => null;

    public async IAsyncEnumerable<int> RunAsync(
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (await RemoveAsync(batchSize, cancellationToken) is > 0 and var removed)
        {
            yield return removed;
        }
    }

    private async Task<int> RemoveAsync(int batchSize, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(Parameters);
        parameters.Add("batchSize", batchSize);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)
        );
    }
}
