using Commerce.Order.AfterCommit;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults.Telemetry;
using Npgsql;

namespace Commerce.Order.Saga;

/// <summary>
/// Takes orders that wait too long and asks again or cancels them. Any number of replicas may sweep: each takes what no other
/// one holds.
/// </summary>
internal sealed class OrderSweeper(
    NpgsqlDataSource database,
    OrderStore store,
    OrderFollowUp followUp,
    OrderOptions options,
    ILogger<OrderSweeper> logger
) : BackgroundService
{
    private const int BatchSize = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(options.SweepInterval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) == BatchSize) { }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(
                    exception,
                    "Sweeping overdue orders failed; next try in {Interval}",
                    options.SweepInterval
                );
            }
        }
    }

    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changes = await store.LockDueAsync(transaction, BatchSize, cancellationToken);
        var due = changes.Locked.ToList();
        foreach (var order in due)
        {
            changes.Apply(order.Id, new DeadlineElapsed(), order.TraceParent);
        }

        await store.SaveAsync(transaction, changes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (due.Count > 0)
        {
            logger.LogInformation("Retries again about or cancelled {Count} overdue orders", due.Count);
            followUp.Committed(changes);
        }

        return due.Count;
    }
}
