using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging;

/// <summary>
/// The partitions that a consumer holds, its position in each, and the messages collected from them. Used by the consumer's
/// own thread only: rebalances happen inside its calls to <c>Consume</c>.
/// </summary>
internal sealed class PartitionTracker(
    ConsumerRegistration consumer,
    PositionStore store,
    MessageReader reader,
    ILogger logger,
    CancellationToken stoppingToken
)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<TopicPartition, Position> _positions = [];

    public List<Received> Collected { get; } = [];

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
        return
        [
            .. assigned.Select(partition => new TopicPartitionOffset(
                partition,
                known.TryGetValue(partition, out var position) ? position.Next : Offset.Beginning
            )),
        ];
    }

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
            var message = reader.Read(result, position);
            _positions[result.TopicPartition] = message.Position;
            Collected.Add(message);
        }
    }

    private Dictionary<TopicPartition, Position> Load(IReadOnlyCollection<TopicPartition> assigned)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                return store.LoadAsync(consumer.Name, assigned, stoppingToken).GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                logger.LogWarning(
                    "Positions of {Consumer} cannot be read yet: {Reason}",
                    consumer.Name,
                    exception.Message
                );
                stoppingToken.WaitHandle.WaitOne(RetryPause);
            }
        }

        return [];
    }
}
