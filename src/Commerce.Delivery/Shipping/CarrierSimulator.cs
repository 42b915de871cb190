using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Npgsql;

namespace Commerce.Delivery.Shipping;

/// <summary>
/// Stands in for the carrier: moves deliveries on when their time (the database's) has come, except where a farmer hands the
/// boxes over.
/// </summary>
internal sealed class CarrierSimulator(
    NpgsqlDataSource database,
    IOutbox outbox,
    DeliveryOptions options,
    ILogger<CarrierSimulator> logger
) : BackgroundService
{
    private const int BatchSize = 500;

    // Spelled as the partial indexes spell it.
    private const string NobodyHandsOver = "waiting_for = '{}'";

    private static readonly string Deliver = $"""
        update deliveries d set status = 'DELIVERED', delivered_at = clock_timestamp(), updated_at = clock_timestamp()
        from (
          select order_id from deliveries
          where status = 'ON_ROUTE' and {NobodyHandsOver} and updated_at <= clock_timestamp() - @after
          order by updated_at limit @batchSize for no key update skip locked
        ) due
        where d.order_id = due.order_id
        returning {DeliveryRow.Columns}
        """;

    private static readonly string PickUp = $"""
        update deliveries d set status = 'ON_ROUTE', on_route_at = clock_timestamp(), updated_at = clock_timestamp()
        from (
          select order_id from deliveries
          where status = 'READY' and {NobodyHandsOver} and scheduled_at <= clock_timestamp() - @after
          order by scheduled_at limit @batchSize for no key update skip locked
        ) due
        where d.order_id = due.order_id
        returning {DeliveryRow.Columns}
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Automatic)
        {
            return;
        }

        // What it publishes goes on under the traces of the orders.
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(options.SweepEvery);
        do
        {
            try
            {
                while (
                    await MoveAsync(Deliver, options.OnRouteFor, stoppingToken) == BatchSize
                    | await MoveAsync(PickUp, options.ReadyFor, stoppingToken) == BatchSize
                ) { }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(exception, "Could not move deliveries on; trying again");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> MoveAsync(string step, TimeSpan after, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var moved = (
            await connection.QueryAsync<DeliveryRow>(
                new CommandDefinition(
                    step,
                    new { after, batchSize = BatchSize },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        if (moved.Count > 0)
        {
            await outbox.AppendAsync(transaction, [.. moved.Select(row => row.LastStep())], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return moved.Count;
    }
}
