using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// Up to when this service's consumers, in whatever replica, have read everything: looks how far the topics go, and at a later
/// time whether the positions in the database have passed that. Used by one caller at a time.
/// </summary>
internal sealed class ConsumptionProgress(
    NpgsqlDataSource database,
    KafkaAdmin admin,
    PositionStore positions,
    IEnumerable<ConsumerRegistration> registrations,
    ILogger<ConsumptionProgress> logger
)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private TopicEndSnapshot? _snapshot;

    /// <param name="At">Database time before the broker was asked.</param>
    /// <param name="Ends">Per consumer and partition the end and the epoch in which the consumer knew it.</param>
    private sealed record TopicEndSnapshot(
        DateTimeOffset At,
        IReadOnlyDictionary<(string Consumer, TopicPartition Partition), (long Epoch, long End)> Ends
    );

    /// <summary>The time of the last snapshot whose messages are all read; null when that is not known yet.</summary>
    public async Task<DateTimeOffset?> ConsumedUpToAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is { } before && !await IsConsumedAsync(before, cancellationToken))
        {
            return null;
        }

        var consumedUpTo = _snapshot?.At;
        try
        {
            _snapshot = await TakeSnapshotAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is KafkaException or TimeoutException)
        {
            logger.LogDebug("The broker does not say how far its topics go: {Reason}", exception.Message);
            _snapshot = null;
        }

        return consumedUpTo;
    }

    private async Task<TopicEndSnapshot?> TakeSnapshotAsync(CancellationToken cancellationToken)
    {
        var known = await PositionsAsync(cancellationToken);
        var at = await NowAsync(cancellationToken);
        var topics = registrations.SelectMany(consumer => consumer.Topics);
        var partitions = await admin.PartitionsAsync(topics, cancellationToken).WaitAsync(Timeout, cancellationToken);
        var ends = await admin.EndsAsync(partitions, cancellationToken).WaitAsync(Timeout, cancellationToken);
        if (ends.Count < partitions.Count)
        {
            return null;
        }

        var expected = new Dictionary<(string, TopicPartition), (long, long)>();
        foreach (var consumer in registrations)
        {
            foreach (
                var (partition, end) in ends.Where(end => end.Value > 0 && consumer.Topics.Contains(end.Key.Topic))
            )
            {
                var position = known.GetValueOrDefault((consumer.Name, partition)) ?? new Position();
                if (position.Next > end)
                {
                    // The broker was emptied and the consumer has not noticed yet: its position says nothing of this log.
                    return null;
                }

                expected[(consumer.Name, partition)] = (position.Epoch, end);
            }
        }

        return new TopicEndSnapshot(at, expected);
    }

    private async Task<bool> IsConsumedAsync(TopicEndSnapshot snapshot, CancellationToken cancellationToken)
    {
        var known = await PositionsAsync(cancellationToken);
        return snapshot.Ends.All(expected =>
            known.TryGetValue(expected.Key, out var position)
            && (position.Epoch, position.Next).CompareTo((expected.Value.Epoch, expected.Value.End)) >= 0
        );
    }

    private async Task<Dictionary<(string Consumer, TopicPartition Partition), Position>> PositionsAsync(
        CancellationToken cancellationToken
    )
    {
        var all = new Dictionary<(string, TopicPartition), Position>();
        foreach (var consumer in registrations)
        {
            foreach (var (partition, position) in await positions.LoadAsync(consumer.Name, cancellationToken))
            {
                all[(consumer.Name, partition)] = position;
            }
        }

        return all;
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<DateTimeOffset>(
            new CommandDefinition("select clock_timestamp()", cancellationToken: cancellationToken)
        );
    }
}
