using Commerce.Data.Connections;
using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.ServiceDefaults.Telemetry;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>Runs one consumer on a thread of its own.</summary>
internal sealed class ConsumerService(
    ConsumerRegistration consumer,
    KafkaAddress address,
    KafkaAdmin admin,
    MessageReader reader,
    BatchProcessor processor,
    PositionStore positions,
    NpgsqlDataSource database,
    ConsumerLags lags,
    ConsumerProgress progress,
    KafkaOptions kafka,
    ConsumerOptions options,
    GapOptions gaps,
    MessagingMetrics metrics,
    ILogger<ConsumerService> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = Untraced.Begin();
        try
        {
            await admin.PrepareAsync(stoppingToken);
            await DedicatedThread.RunAsync(() => Run(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before the broker was there.
        }
    }

    private void Run(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var tracker = new PartitionTracker(consumer, positions, admin, reader, progress, logger, stoppingToken);
                using var client = Build(tracker);
                client.Subscribe(consumer.Topics);
                var requests = new RepublishRequester(consumer.Name, database, gaps, metrics, logger);
                try
                {
                    new ConsumerLoop(
                        consumer,
                        client,
                        tracker,
                        processor,
                        requests,
                        lags,
                        progress,
                        options,
                        logger
                    ).Run(stoppingToken);
                }
                finally
                {
                    // Leaving the group now spares the others the wait for our session to time out.
                    client.Close();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Consumer {Consumer} starts over", consumer.Name);
                if (!TransientErrors.Is(exception))
                {
                    progress.Fail(consumer.Name, "its start", exception);
                }

                stoppingToken.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private IConsumer<byte[], byte[]> Build(PartitionTracker tracker)
    {
        var embedded = kafka.Broker == BrokerKind.Embedded;
        var config = address.Apply(
            new ConsumerConfig
            {
                GroupId = consumer.Name,
                // Our own positions decide; Kafka's copy is for lag displays.
                EnableAutoCommit = true,
                EnableAutoOffsetStore = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                AllowAutoCreateTopics = embedded,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                // The embedded broker waits for a session's timeout less 1 s in each of the two rounds in which partitions
                // change hands, even when all members are there.
                SessionTimeoutMs = embedded ? 3_000 : 10_000,
                HeartbeatIntervalMs = embedded ? 500 : 3_000,
                // Enough for ten batches. When there is less, more is fetched soon: librdkafka looks again after 1 s, in which a
                // consumer that has to catch up would have read all of it and wait.
                QueuedMinMessages = 5_000,
                FetchQueueBackoffMs = 10,
                FetchWaitMaxMs = options.FetchWaitMaxMs ?? (embedded ? 5 : 100),
                // A topic that is created after us is found soon.
                TopicMetadataRefreshIntervalMs = 5_000,
                MaxPollIntervalMs = 600_000,
            }
        );
        // Not AddKafkaConsumer's, one for the process: each start over needs a new one, with our own positions and pauses.
        return new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => logger.LogDebug("{Reason}", error.Reason))
            .SetLogHandler((_, message) => logger.LogDebug("{Message}", message.Message))
            .SetPartitionsAssignedHandler((_, assigned) => tracker.Assign(assigned))
            .SetPartitionsRevokedHandler((_, revoked) => tracker.Revoke(revoked))
            .SetPartitionsLostHandler((_, lost) => tracker.Revoke(lost))
            .Build();
    }
}
