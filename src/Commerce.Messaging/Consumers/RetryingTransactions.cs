using Commerce.Data.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// Transactions of a consumer, tried until they succeed: what fails here is not the message's fault, so it is never counted
/// against it, and going on without it would lose it.
/// </summary>
internal sealed class RetryingTransactions(
    NpgsqlDataSource database,
    ConsumerProgress progress,
    ILogger<RetryingTransactions> logger
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task RunAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        Func<NpgsqlTransaction, Task> work,
        CancellationToken cancellationToken
    )
    {
        string? told = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await work(transaction);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                var expected = TransientErrors.Is(exception);
                if (!expected)
                {
                    progress.Fail(consumer.Name, Places(batch), exception);
                }

                if (told != exception.Message)
                {
                    // The same again every other second would tell nothing; health and metrics say how long it lasts.
                    told = exception.Message;
                    logger.Log(
                        expected ? LogLevel.Warning : LogLevel.Error,
                        expected ? null : exception,
                        "A batch of {Consumer} is tried again: {Reason}",
                        consumer.Name,
                        exception.Message
                    );
                }
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    private static string Places(ArraySegment<ReceivedMessage> batch) =>
        string.Join(
            ", ",
            batch
                .GroupBy(message => message.Topic)
                .Select(topic => $"{topic.Key} [{string.Join(' ', topic.Select(m => m.Partition).Distinct().Order())}]")
        );
}
