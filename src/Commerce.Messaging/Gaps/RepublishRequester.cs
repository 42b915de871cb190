using System.Diagnostics;
using Commerce.Messaging.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Gaps;

/// <summary>
/// Asks sources to publish again what a consumer misses, until it has passed completely. Used by the consumer's thread only.
/// </summary>
internal sealed class RepublishRequester(
    string consumer,
    NpgsqlDataSource database,
    GapOptions options,
    MessagingMetrics metrics,
    ILogger logger
)
{
    // What another consumer asked for may already be on its way.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TopicPartition, long> _missing = [];
    private readonly Dictionary<string, long> _asked = [];
    private readonly Dictionary<TopicPartition, long> _republishing = [];

    /// <summary>Markers say that what is being published again is still coming. Other messages say nothing of it.</summary>
    public void Observe(TopicPartition partition, ControlRecord? control, Position position)
    {
        if (control is not null && control.Run == position.RepublishRun)
        {
            _republishing[partition] = Stopwatch.GetTimestamp();
        }
    }

    public void Check(IReadOnlyDictionary<TopicPartition, Position> positions, CancellationToken stoppingToken)
    {
        foreach (var (partition, position) in positions)
        {
            if (!position.IsMissing)
            {
                _missing.Remove(partition);
                _republishing.Remove(partition);
            }
            else if (_missing.TryAdd(partition, Stopwatch.GetTimestamp()))
            {
                metrics.Gaps.Add(1, new KeyValuePair<string, object?>("consumer", consumer));
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
            consumer,
            since == Position.Beginning ? null : new DateTimeOffset(DateTime.SpecifyKind(since, DateTimeKind.Utc))
        );
        try
        {
            request.AppendAsync(database, stoppingToken).GetAwaiter().GetResult();
            _asked[topic] = Stopwatch.GetTimestamp();
            logger.LogWarning("{Consumer} misses events of {Topic} since {Since}", consumer, topic, request.Since);
        }
        catch (NpgsqlException exception)
        {
            logger.LogWarning("Publishing again cannot be asked for yet: {Reason}", exception.Message);
        }
    }

    private bool IsDue(TopicPartition partition, Position position)
    {
        if (position.RepublishRun is not null)
        {
            // A position from the database has not been observed yet; its lease begins now.
            _republishing.TryAdd(partition, Stopwatch.GetTimestamp());
            return Stopwatch.GetElapsedTime(_republishing[partition]) > options.HealingLease;
        }

        return !_missing.TryGetValue(partition, out var found) || Stopwatch.GetElapsedTime(found) > FirstWait;
    }
}
