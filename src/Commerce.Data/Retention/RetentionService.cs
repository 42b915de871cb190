using System.Diagnostics;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Data.Retention;

/// <summary>
/// Keeps tables that would grow for ever as large as their retention: now and then one replica takes away what is past it, in
/// batches, and rests between them four times as long as a batch took, up to a second.
/// </summary>
internal sealed class RetentionService(
    NpgsqlDataSource database,
    IEnumerable<IRetentionPolicy> policies,
    RetentionOptions options,
    RetentionMetrics metrics,
    ILogger<RetentionService> logger
) : BackgroundService
{
    // Any number that nobody else locks in this database.
    private const long LockKey = 0x52657465_6e74696f;
    private const int Rest = 4;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);
    private readonly Dictionary<IRetentionPolicy, long> _lastPasses = [];

    /// <summary>One pass over every table that is due; returns the rows removed. Nothing while another replica is at it.</summary>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@LockKey)", new { LockKey }))
        {
            return 0;
        }

        long removed = 0;
        try
        {
            foreach (var policy in policies)
            {
                removed += IsDue(policy) ? await ApplyAsync(policy, cancellationToken) : 0;
            }
        }
        finally
        {
            await UnlockAsync(connection);
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        // Not at once: after a start the relay may have rows to publish and consumers much to read.
        using var timer = new PeriodicTimer(options.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // An exception that got out of here would end the service.
                logger.LogWarning("Old rows stay until the next pass: {Reason}", exception.Message);
            }
        }
    }

    private bool IsDue(IRetentionPolicy policy)
    {
        if (_lastPasses.TryGetValue(policy, out var last) && Stopwatch.GetElapsedTime(last) < policy.Every)
        {
            return false;
        }

        _lastPasses[policy] = Stopwatch.GetTimestamp();
        return true;
    }

    private async Task<long> ApplyAsync(IRetentionPolicy policy, CancellationToken cancellationToken)
    {
        var tag = new KeyValuePair<string, object?>("table", policy.Table);
        long removed = 0;
        try
        {
            var begun = Stopwatch.GetTimestamp();
            await foreach (var count in policy.RunAsync(options.BatchSize, cancellationToken))
            {
                removed += count;
                metrics.Removed.Add(count, tag);
                await Task.Delay(RestAfter(Stopwatch.GetElapsedTime(begun)), cancellationToken);
                begun = Stopwatch.GetTimestamp();
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The other tables are no worse off for it.
            logger.LogWarning(exception, "Old rows of {Table} stay until the next pass", policy.Table);
        }

        if (removed > 0)
        {
            logger.LogInformation("Removed {Count} rows of {Table} past their retention", removed, policy.Table);
        }

        return removed;
    }

    private static TimeSpan RestAfter(TimeSpan batch)
    {
        var rest = batch * Rest;
        return rest < ShortestRest ? ShortestRest
            : rest > LongestRest ? LongestRest
            : rest;
    }

    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            // The connection broke, and the lock went with it.
        }
    }
}
