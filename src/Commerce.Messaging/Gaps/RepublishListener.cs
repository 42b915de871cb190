using System.Text.Json;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Gaps;

/// <summary>
/// Hears the requests of consumers to publish again. Reads from the end without a group: a request that gets lost is made
/// again, because the consumer keeps what it misses in its own database.
/// </summary>
internal sealed class RepublishListener : IDisposable
{
    private readonly string _topic;
    private readonly KafkaAdmin _admin;
    private readonly Action<DateTime?> _onRequest;
    private readonly ILogger _logger;
    private readonly IConsumer<byte[], byte[]> _consumer;

    /// <param name="onRequest">Hears since when events of the topic are missed, UTC; null = all.</param>
    public RepublishListener(
        KafkaAddress address,
        string topic,
        KafkaAdmin admin,
        Action<DateTime?> onRequest,
        ILogger logger
    )
    {
        (_topic, _admin, _onRequest, _logger) = (topic, admin, onRequest, logger);
        var config = address.Apply(
            new ConsumerConfig
            {
                GroupId = "relay-of-" + topic,
                EnableAutoCommit = false,
                EnableAutoOffsetStore = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchWaitMaxMs = 100,
            }
        );
        // Not AddKafkaConsumer's, one for the process: each session listens anew, from a position of its own.
        _consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, message) => logger.LogDebug("{Message}", message.Message))
            .Build();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _consumer.Assign(await EndsAsync(cancellationToken));
        await DedicatedThread.RunAsync(() => Listen(cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => _consumer.Dispose();

    /// <summary>Asked now: "end" would mean the end whenever the broker gets round to telling it.</summary>
    private async Task<List<TopicPartitionOffset>> EndsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var count = await _admin.PartitionCountAsync(TopicNames.Control, cancellationToken);
            var partitions = Enumerable.Range(0, count).Select(p => new TopicPartition(TopicNames.Control, p)).ToList();
            var ends = await _admin.EndsAsync(partitions, cancellationToken);
            if (count > 0 && ends.Count == count)
            {
                return [.. ends.Select(end => new TopicPartitionOffset(end.Key, end.Value))];
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    private void Listen(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { Message.Value: { } value })
                {
                    Hear(value);
                }
            }
            catch (ConsumeException exception)
            {
                _logger.LogDebug("{Reason}", exception.Error.Reason);
            }
        }
    }

    private void Hear(byte[] value)
    {
        try
        {
            var request = JsonSerializer.Deserialize(value, GapJson.Default.RepublishRequest);
            if (request?.Topic == _topic)
            {
                _logger.LogInformation("{Consumer} misses events since {Since}", request.Consumer, request.Since);
                _onRequest(request.Since?.UtcDateTime);
            }
        }
        catch (JsonException)
        {
            _logger.LogWarning("A message on the control topic is not understood");
        }
    }
}
