namespace Commerce.Data.Retention;

/// <summary>
/// Takes rows that are past their retention out of one table. Whatever is registered as this is called by the service's
/// retention: by one replica at a time, with a pause after each batch.
/// </summary>
public interface IRetentionPolicy
{
    /// <summary>The table, for logs and metrics.</summary>
    string Table { get; }

    /// <summary>How often it is worth looking for such rows.</summary>
    TimeSpan Every => TimeSpan.Zero;

    /// <summary>
    /// One pass: removes about <paramref name="batchSize"/> rows in a transaction, says how many it were, and goes on with the
    /// next when it is asked, until no such row is left. A batch costs the same however large the table is.
    /// </summary>
    IAsyncEnumerable<int> RunAsync(int batchSize, CancellationToken cancellationToken);
}
