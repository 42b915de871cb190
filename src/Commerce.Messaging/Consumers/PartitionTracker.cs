using Commerce.Data.Connections;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// The partitions that a consumer holds, its position in each, and the messages collected from them. Used by the consumer's
/// own thread only: rebalances happen inside its calls to <c>Consume</c>.
/// </summary>
internal sealed class PartitionTracker(
    ConsumerRegistration consumer,
    PositionStore store,
    KafkaAdmin admin,
    MessageReader reader,
    ConsumerProgress progress,
    ILogger logger,
    CancellationToken stoppingToken
)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<TopicPartition, Position> _positions = [];

    public List<ReceivedMessage> Collected { get; } = [];

    public IReadOnlyDictionary<TopicPartition, Position> Positions => _positions;

    /// <summary>
    /// Where to go on. An exception here would leave the consumer neither dead nor alive, so it waits for the database.
    /// </summary>
    public IEnumerable<TopicPartitionOffset> Assign(IReadOnlyCollection<TopicPartition> assigned)
    {
        var known = Load(assigned);
        foreach (var partition in assigned)
        {
            _positions[partition] = known.GetValueOrDefault(partition) ?? new Position();
        }

        logger.LogInformation("{Consumer} holds {Count} partitions", consumer.Name, _positions.Count);
        var ends = Ends(known.Keys);
        return
        [
            .. assigned.Select(partition => new TopicPartitionOffset(
                partition,
                Start(known.GetValueOrDefault(partition), ends.TryGetValue(partition, out var end) ? end : null)
            )),
        ];
    }

    /// <summary>
    /// The last message before our position is read again: its epoch tells whether this is still the log that we know. A log
    /// that ends before it is not.
    /// </summary>
    internal static Offset Start(Position? position, long? end) =>
        position is null || position.Next == 0 || end < position.Next ? Offset.Beginning : position.Next - 1;

    /// <summary>What was collected of these partitions belongs to somebody else now.</summary>
    public void Revoke(IReadOnlyCollection<TopicPartitionOffset> revoked)
    {
        foreach (var partition in revoked)
        {
            _positions.Remove(partition.TopicPartition);
            Collected.RemoveAll(message =>
                message.Topic == partition.Topic && message.Partition == partition.Partition.Value
            );
        }
    }

    public void Collect(ConsumeResult<byte[], byte[]> result)
    {
        if (_positions.TryGetValue(result.TopicPartition, out var position))
        {
            var message = reader.Read(consumer, result, position);
            _positions[result.TopicPartition] = message.Position;
            Collected.Add(message);
        }
    }

    private IReadOnlyDictionary<TopicPartition, long> Ends(IEnumerable<TopicPartition> partitions)
    {
        try
        {
            return admin.EndsAsync(partitions, stoppingToken).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is KafkaException or OperationCanceledException)
        {
            // Without an answer the next message tells.
            return new Dictionary<TopicPartition, long>();
        }
    }

    private Dictionary<TopicPartition, Position> Load(IReadOnlyCollection<TopicPartition> assigned)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var all = store.LoadAsync(consumer.Name, stoppingToken).GetAwaiter().GetResult();
                return all.Where(pair => assigned.Contains(pair.Key)).ToDictionary();
            }
            catch (Exception exception)
            {
                logger.LogWarning(
                    "Positions of {Consumer} cannot be read yet: {Reason}",
                    consumer.Name,
                    exception.Message
                );
                if (!TransientErrors.Is(exception))
                {
                    progress.Fail(consumer.Name, "its positions", exception);
                }

                stoppingToken.WaitHandle.WaitOne(RetryPause);
            }
        }

        return [];
    }
}
