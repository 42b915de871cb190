using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Commerce.Messaging.Consumers;

/// <summary>Messages not handled yet in the partitions that this process holds, per consumer and topic.</summary>
internal sealed class ConsumerLags
{
    private readonly ConcurrentDictionary<(string Consumer, string Topic), long> _lags = new();

    public void Set(string consumer, string topic, long lag) => _lags[(consumer, topic)] = lag;

    public IEnumerable<Measurement<long>> Measure() =>
        _lags.Select(pair => new Measurement<long>(
            pair.Value,
            new KeyValuePair<string, object?>("consumer", pair.Key.Consumer),
            new KeyValuePair<string, object?>("topic", pair.Key.Topic)
        ));
}
