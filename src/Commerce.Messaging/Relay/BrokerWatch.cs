using Commerce.Messaging.Kafka;
using Confluent.Kafka;

namespace Commerce.Messaging.Relay;

/// <summary>Notices that the broker no longer has what it acknowledged.</summary>
internal sealed class BrokerWatch(KafkaAdmin admin, RelayStore store, string topic, string? clusterId)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private string? _clusterId = clusterId;

    /// <exception cref="BrokerEmptiedException">The broker has less than it acknowledged, or is another one.</exception>
    /// <exception cref="KafkaException">It does not answer.</exception>
    public async Task CheckAsync(IReadOnlyDictionary<int, long> acknowledged, CancellationToken cancellationToken)
    {
        await CheckClusterAsync(cancellationToken);
        var ends = await admin.EndsAsync(
            acknowledged.Keys.Select(p => new TopicPartition(topic, p)),
            cancellationToken
        );
        if (ends.Count < acknowledged.Count)
        {
            // An embedded broker that was emptied has no topic until somebody uses it. Then it says 0.
            await admin.TouchAsync(topic, cancellationToken);
        }

        foreach (var (partition, end) in ends)
        {
            var last = acknowledged[partition.Partition.Value];
            if (end <= last)
            {
                throw new BrokerEmptiedException(
                    $"partition {partition.Partition.Value} ends at {end} after offset {last} was acknowledged."
                );
            }
        }
    }

    public async Task RunAsync(RelayProducer producer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                // Copied before the broker is asked: it may only have more by then.
                await CheckAsync(new Dictionary<int, long>(producer.Acknowledged), cancellationToken);
            }
            catch (KafkaException)
            {
                // No answer is no news.
            }
        }
    }

    private async Task CheckClusterAsync(CancellationToken cancellationToken)
    {
        var (before, now) = (_clusterId, await admin.ClusterIdAsync(cancellationToken));
        if (now is null || now == before)
        {
            return;
        }

        if (before is not null)
        {
            throw new BrokerEmptiedException($"cluster {before} became {now}.", now);
        }

        await store.SaveClusterAsync(now);
        _clusterId = now;
    }
}
