using System.Diagnostics;
using Commerce.Data.Batches;
using Commerce.Messaging.Gaps;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Consumers;

/// <summary>Collects what is there, up to a batch, and has it processed. Small batches when idle, large ones under load.</summary>
internal sealed class ConsumerLoop(
    ConsumerRegistration consumer,
    IConsumer<byte[], byte[]> client,
    PartitionTracker tracker,
    BatchProcessor processor,
    RepublishRequester requests,
    ConsumerLags lags,
    ConsumerProgress progress,
    ConsumerOptions options,
    ILogger logger
)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);
    private readonly BatchThrottle _throttle = new(options.Pace);
    private long _lagsAt;

    public void Run(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Collect();
            if (tracker.Collected.Count > 0)
            {
                Process(stoppingToken);
            }

            requests.Check(tracker.Positions, stoppingToken);
            progress.Move(consumer.Name);
            if (Stopwatch.GetElapsedTime(_lagsAt) > LagInterval)
            {
                _lagsAt = Stopwatch.GetTimestamp();
                MeasureLags();
            }
        }
    }

    private void Collect()
    {
        var wait = Idle;
        while (tracker.Collected.Count < options.BatchSize)
        {
            if (Next(wait) is { } result)
            {
                tracker.Collect(result);
                wait = TimeSpan.Zero;
            }
            else if (tracker.Collected.Count > 0 && _throttle.Wait is var left && left > TimeSpan.Zero)
            {
                wait = left;
            }
            else
            {
                break;
            }
        }
    }

    private ConsumeResult<byte[], byte[]>? Next(TimeSpan wait)
    {
        try
        {
            return client.Consume(wait);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            // The broker is away, or does not know the topic yet: it passes.
            logger.LogDebug("{Consumer}: {Reason}", consumer.Name, exception.Error.Reason);
            return null;
        }
    }

    private void Process(CancellationToken stoppingToken)
    {
        var batch = tracker.Collected.ToArray();
        tracker.Collected.Clear();
        var begun = _throttle.Begin();
        processor.ProcessAsync(consumer, batch, stoppingToken).GetAwaiter().GetResult();
        _throttle.End(begun);
        foreach (var message in batch)
        {
            requests.Observe(new TopicPartition(message.Topic, message.Partition), message.Control, message.Position);
        }

        foreach (var group in batch.GroupBy(message => new TopicPartition(message.Topic, message.Partition)))
        {
            try
            {
                client.StoreOffset(new TopicPartitionOffset(group.Key, group.Last().Offset + 1));
            }
            catch (KafkaException)
            {
                // Revoked meanwhile. The database has the position.
            }
        }
    }

    private void MeasureLags()
    {
        foreach (var topic in consumer.Topics)
        {
            lags.Set(
                consumer.Name,
                topic,
                tracker.Positions.Where(p => p.Key.Topic == topic).Sum(p => Lag(p.Key, p.Value))
            );
        }
    }

    private long Lag(TopicPartition partition, Position position)
    {
        try
        {
            var high = client.GetWatermarkOffsets(partition).High.Value;
            return high < 0 ? 0 : Math.Max(0, high - position.Next);
        }
        catch (KafkaException)
        {
            return 0;
        }
    }
}
