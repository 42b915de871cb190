using Commerce.Messaging.Consumers;
using Commerce.Messaging.Diagnostics;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>Tries what was put aside again when its time has come (database time), one message per transaction.</summary>
internal sealed class RetryWorker(
    ConsumerRegistration consumer,
    NpgsqlDataSource database,
    FailedMessageHandler handler,
    RetryOptions options,
    MessagingMetrics metrics,
    ILogger<RetryWorker> logger
) : BackgroundService
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(
        Math.Clamp(options.Delays.Min().TotalMilliseconds / 2, 20, 1000)
    );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = Untraced.Begin();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await TryNextAsync(stoppingToken))
                {
                    // As long as something is due.
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Retries of {Consumer} wait: {Reason}", consumer.Name, exception.Message);
            }

            await Task.Delay(_interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var message = await connection.QueryFirstOrDefaultAsync<FailedMessage>(
            $"""
            select {FailedMessageStore.Columns} from retries
            where consumer = @Name and next_at <= clock_timestamp()
            order by next_at limit 1 for update skip locked
            """,
            new { consumer.Name },
            transaction
        );
        if (message is null)
        {
            return false;
        }

        var origin = message.ToOrigin();
        using var processing = new ProcessingSpan(consumer, origin is null ? [] : [origin.Value]);
        await using var attempt = await handler.TryAsync(
            consumer,
            message,
            origin,
            processing,
            transaction,
            cancellationToken
        );
        if (attempt.Error is null)
        {
            await FailedMessageStore.DeleteAsync(transaction, message.Id);
            await transaction.CommitAsync(cancellationToken);
        }
        else
        {
            var failed = message with { Attempts = message.Attempts + 1, Error = attempt.Error };
            await FailAsync(transaction, failed);
            await transaction.CommitAsync(cancellationToken);
            Tell(failed);
        }

        await attempt.AfterCommitAsync(cancellationToken);
        return true;
    }

    private async Task FailAsync(NpgsqlTransaction transaction, FailedMessage message)
    {
        if (!IsLast(message))
        {
            await FailedMessageStore.RescheduleAsync(transaction, message, options.Delays[message.Attempts - 1]);
            return;
        }

        await FailedMessageStore.DeadLetterAsync(transaction, message);
        await FailedMessageStore.DeleteAsync(transaction, message.Id);
    }

    private bool IsLast(FailedMessage message) => message.Attempts > options.Delays.Count;

    /// <summary>After the commit: before it, the same try may come again.</summary>
    private void Tell(FailedMessage message)
    {
        var tag = new KeyValuePair<string, object?>("consumer", consumer.Name);
        if (!IsLast(message))
        {
            metrics.Retries.Add(1, tag);
            return;
        }

        metrics.DeadLetters.Add(1, tag);
        logger.LogError(
            "{Consumer} gave up on {Type} of {Topic} after {Attempts} attempts: {Error}",
            message.Consumer,
            message.EventType,
            message.Topic,
            message.Attempts,
            message.Error
        );
    }
}
