using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Reserving;

/// <summary>Times of the sweeper, from configuration section <c>Reservations</c>.</summary>
internal sealed class ReservationOptions
{
    /// <summary>How long a reservation may be held without an outcome before Order is told of it again.</summary>
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Tells Order again about reservations that wait too long, so that it confirms or cancels. Releasing them is Order's
/// decision alone: only it knows whether the money is on its way.
/// </summary>
internal sealed class ReservationSweeper(
    NpgsqlDataSource database,
    IOutbox outbox,
    IConfiguration configuration,
    ILogger<ReservationSweeper> logger
) : BackgroundService
{
    private const int AtOnce = 500;
    private readonly ReservationOptions _options =
        configuration.GetSection("Reservations").Get<ReservationOptions>() ?? new ReservationOptions();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(_options.SweepEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) == AtOnce) { }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(exception, "Sweeping held reservations failed; trying again later");
            }
        }
    }

    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var waiting = await connection.QueryAsync<(Guid OrderId, DateTimeOffset ReservedAt)>(
            new CommandDefinition(
                """
                update reservations r set answered_at = now()
                from (
                  select order_id from reservations where status = 'held' and answered_at < now() - @RemindAfter
                  order by answered_at limit @AtOnce for update skip locked
                ) waiting
                where r.order_id = waiting.order_id
                returning r.order_id, r.reserved_at
                """,
                new { _options.RemindAfter, AtOnce },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var reminders = waiting
            .Select(w => new OutgoingEvent(w.OrderId, new StockReserved(w.OrderId, w.ReservedAt)))
            .ToList();
        if (reminders.Count > 0)
            await outbox.AppendAsync(transaction, reminders, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return reminders.Count;
    }
}
