using Commerce.Data.Batches;
using Commerce.Payment.Provider;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Npgsql;

namespace Commerce.Payment.Charging;

/// <summary>
/// A backup that was restored has forgotten what the provider did after it, and the provider has not. So before anything else
/// starts on a new timeline, its books are read from a while before our last change; and money of orders that never come
/// again goes back.
/// </summary>
internal sealed class Reconciliation(
    NpgsqlDataSource database,
    PaymentStore payments,
    IPaymentProvider provider,
    PaymentOptions options,
    ILogger<Reconciliation> logger
) : BackgroundService, IHostedLifecycleService
{
    // Longer than a call to the provider may take until its result is written.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private sealed record Agreement(int Agreed, int Now, DateTime? LastChange);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var agreement = await connection.QuerySingleAsync<Agreement>(
            """
            select timeline as agreed, (select timeline_id from pg_control_checkpoint()) as now,
                   (select max(updated_at) from payments) as last_change
            from agreed
            """
        );
        if (agreement.Agreed != agreement.Now)
        {
            await CompareAsync(agreement, cancellationToken);
            await connection.ExecuteAsync("update agreed set timeline = @Now", new { agreement.Now });
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(options.OrphansAfter / 2);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefundOrphansAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                logger.LogWarning("Money without orders is looked for later: {Reason}", exception.Message);
            }
        }
    }

    private async Task CompareAsync(Agreement agreement, CancellationToken cancellationToken)
    {
        var since = agreement.LastChange is { } last ? new DateTimeOffset(last) - Margin : DateTimeOffset.UnixEpoch;
        logger.LogWarning(
            "The database was set back (timeline {Agreed}, now {Now}): reading the provider's books since {Since}",
            agreement.Agreed,
            agreement.Now,
            since
        );
        var count = 0;
        for (string? after = null; await PageAsync(since, after, cancellationToken) is [.., var end] page; )
        {
            await ApplyAsync([.. page.Select(ProviderAnswers.ToUpdate).OfType<PaymentUpdate>()], cancellationToken);
            count += page.Count;
            after = end.TransactionKey;
        }

        logger.LogInformation(
            "The provider moved money {Count} times since {Since}; all of it is known now",
            count,
            since
        );
    }

    /// <summary>Without the provider's books nothing may be decided about money, so this waits for them.</summary>
    private async Task<IReadOnlyList<ProviderTransaction>> PageAsync(
        DateTimeOffset since,
        string? after,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                if (await provider.TransactionsAsync(since, after, cancellationToken) is { } page)
                {
                    return page;
                }

                logger.LogWarning("The provider does not show its books; asking again");
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning("The provider does not show its books yet: {Reason}", exception.Message);
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task RefundOrphansAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var orphans = (
            await connection.QueryAsync<Guid>(
                """
                select order_id from payments
                where payment_key is not null and account_id is null and state = 'waiting'
                  and updated_at < now() - @OrphansAfter
                limit 500
                """,
                new { options.OrphansAfter }
            )
        ).ToList();
        if (orphans.Count > 0)
        {
            logger.LogWarning("Giving back the money of {Count} orders that nobody knows any more", orphans.Count);
            await ApplyAsync(
                [.. orphans.Select(id => new PaymentUpdate(id, new PaymentInput.OrderClosed(), null))],
                cancellationToken
            );
        }
    }

    private async Task ApplyAsync(PaymentUpdate[] updates, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var writes = new NpgsqlBatch(connection, transaction);
        await payments.ApplyAsync(writes, updates, cancellationToken);
        await writes.CommitAsync(cancellationToken);
    }
}
