using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>
/// Asks sources to publish again what a consumer misses, until it has passed completely. Used by the consumer's thread only.
/// </summary>
internal sealed class RepublishRequests(
    ConsumerRegistration consumer,
    NpgsqlDataSource database,
    MessagingOptions options,
    MessagingMetrics metrics,
    ILogger logger
)
{
    // What another consumer asked for may already be on its way.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TopicPartition, long> _missing = [];
    private readonly Dictionary<string, long> _asked = [];
    private readonly Dictionary<TopicPartition, long> _healing = [];

    /// <summary>Markers say that what is being published again is still coming. Other messages say nothing of it.</summary>
    public void Observe(Received message)
    {
        if (message.Marker is { } marker && marker.Run == message.Position.Healing)
        {
            _healing[new TopicPartition(message.Topic, message.Partition)] = Stopwatch.GetTimestamp();
        }
    }

    public void Check(IReadOnlyDictionary<TopicPartition, Position> positions, CancellationToken stoppingToken)
    {
        foreach (var (partition, position) in positions)
        {
            if (!position.IsMissing)
            {
                _missing.Remove(partition);
                _healing.Remove(partition);
            }
            else if (_missing.TryAdd(partition, Stopwatch.GetTimestamp()))
            {
                metrics.Holes.Add(1, new KeyValuePair<string, object?>("consumer", consumer.Name));
            }
        }

        foreach (var topic in _missing.Keys.Select(partition => partition.Topic).Distinct().ToList())
        {
            Ask(topic, positions, stoppingToken);
        }
    }

    private void Ask(
        string topic,
        IReadOnlyDictionary<TopicPartition, Position> positions,
        CancellationToken stoppingToken
    )
    {
        if (_asked.TryGetValue(topic, out var asked) && Stopwatch.GetElapsedTime(asked) < Repeat)
        {
            return;
        }

        var due = positions
            .Where(pair => pair.Key.Topic == topic && pair.Value.IsMissing && IsDue(pair.Key, pair.Value))
            .Select(pair => pair.Value.MissingSince!.Value)
            .ToList();
        if (due.Count == 0)
        {
            return;
        }

        var since = due.Min();
        var request = new RepublishRequest(
            topic,
            consumer.Name,
            since == Position.Always ? null : new DateTimeOffset(DateTime.SpecifyKind(since, DateTimeKind.Utc))
        );
        try
        {
            TransportOutbox.RequestRepublishAsync(database, request, stoppingToken).GetAwaiter().GetResult();
            _asked[topic] = Stopwatch.GetTimestamp();
            logger.LogWarning("{Consumer} misses events of {Topic} since {Since}", consumer.Name, topic, request.Since);
        }
        catch (NpgsqlException exception)
        {
            logger.LogWarning("Publishing again cannot be asked for yet: {Reason}", exception.Message);
        }
    }

    private bool IsDue(TopicPartition partition, Position position)
    {
        if (position.Healing is not null)
        {
            // A position from the database has not been observed yet; its lease begins now.
            _healing.TryAdd(partition, Stopwatch.GetTimestamp());
            return Stopwatch.GetElapsedTime(_healing[partition]) > options.HealingLease;
        }

        return !_missing.TryGetValue(partition, out var found) || Stopwatch.GetElapsedTime(found) > FirstWait;
    }
}
