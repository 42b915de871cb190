using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging;

internal enum BrokerKind
{
    Kafka,

    /// <summary>librdkafka's own broker: creates topics by itself, keeps little, and has no controller to administer it.</summary>
    Embedded,
}

/// <summary>What we ask of the broker beside producing and consuming.</summary>
internal sealed class KafkaAdmin : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Short: it is asked again and again, and the client cannot be disposed of before the answer.
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(1);
    private readonly Lazy<IAdminClient> _client;

    // One for us until we are disposed of, and one for each call that blocks inside the client: librdkafka crashes when it
    // is destroyed under one, and whoever made the call may have left before its answer.
    private readonly CountdownEvent _users = new(1);
    private readonly MessagingBuilder _messaging;
    private readonly MessagingOptions _options;
    private readonly ILogger<KafkaAdmin> _logger;
    private BrokerKind? _kind;

    public KafkaAdmin(
        KafkaAddress address,
        MessagingBuilder messaging,
        MessagingOptions options,
        ILogger<KafkaAdmin> logger
    )
    {
        (_messaging, _options, _logger) = (messaging, options, logger);
        _client = new Lazy<IAdminClient>(() =>
            new AdminClientBuilder(address.Apply(new AdminClientConfig { SocketTimeoutMs = 10_000 }))
                .SetErrorHandler((_, _) => { })
                .SetLogHandler((_, message) => logger.LogDebug("{Message}", message.Message))
                .Build()
        );
    }

    /// <summary>
    /// Waits for the broker and creates the topics that this service publishes to or reads, their dead letter topics and the
    /// control topic, with our number of partitions. The embedded broker creates topics on first use and is left alone.
    /// </summary>
    public async Task<BrokerKind> PrepareAsync(CancellationToken cancellationToken)
    {
        await WaitForBrokerAsync(cancellationToken);
        if (_kind != BrokerKind.Embedded)
        {
            _kind = await CreateTopicsAsync(cancellationToken) ? BrokerKind.Kafka : BrokerKind.Embedded;
        }

        return _kind.Value;
    }

    /// <summary>Number of partitions; 0 while the topic does not exist. Makes the embedded broker create it.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public Task<int> PartitionCountAsync(string topic, CancellationToken cancellationToken) =>
        AskAsync(client => client.GetMetadata(topic, Patience).Topics[0].Partitions.Count, cancellationToken);

    /// <summary>All partitions of these topics; none of a topic that does not exist.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public async Task<IReadOnlyList<TopicPartition>> PartitionsAsync(
        IEnumerable<string> topics,
        CancellationToken cancellationToken
    )
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in topics.Distinct())
        {
            var count = await PartitionCountAsync(topic, cancellationToken);
            partitions.AddRange(Enumerable.Range(0, count).Select(p => new TopicPartition(topic, p)));
        }

        return partitions;
    }

    /// <summary>Makes the embedded broker create the topic.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public Task TouchAsync(string topic, CancellationToken cancellationToken) =>
        _kind == BrokerKind.Embedded ? PartitionCountAsync(topic, cancellationToken) : Task.CompletedTask;

    /// <summary>The end of each partition, without those for which the broker did not say it.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(
        IEnumerable<TopicPartition> partitions,
        CancellationToken cancellationToken
    )
    {
        var specs = partitions
            .Select(partition => new TopicPartitionOffsetSpec
            {
                TopicPartition = partition,
                OffsetSpec = OffsetSpec.Latest(),
            })
            .ToList();
        if (specs.Count == 0)
        {
            return new Dictionary<TopicPartition, long>();
        }

        var options = new ListOffsetsOptions { RequestTimeout = Patience };
        try
        {
            return Known(
                (await _client.Value.ListOffsetsAsync(specs, options).WaitAsync(cancellationToken)).ResultInfos
            );
        }
        catch (ListOffsetsException exception)
        {
            return Known(exception.Result.ResultInfos);
        }
    }

    /// <summary>Which cluster answers; null when the broker cannot say.</summary>
    public async Task<string?> ClusterIdAsync(CancellationToken cancellationToken) =>
        _kind == BrokerKind.Embedded
            ? null
            : (
                await _client
                    .Value.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Patience })
                    .WaitAsync(cancellationToken)
            ).ClusterId;

    /// <summary>Waits for calls that nobody waits for any more: 5 s at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_users.IsSet)
        {
            return;
        }

        _users.Signal();
        await OwnThread.RunAsync(() =>
        {
            _users.Wait();
            if (_client.IsValueCreated)
            {
                _client.Value.Dispose();
            }
        });
        _users.Dispose();
    }

    // A timed-out request leaves −1001 and no error.
    private static Dictionary<TopicPartition, long> Known(IEnumerable<ListOffsetsResultInfo> results) =>
        results
            .Select(result => result.TopicPartitionOffsetError)
            .Where(result => !result.Error.IsError && result.Offset.Value >= 0)
            .ToDictionary(result => result.TopicPartition, result => result.Offset.Value);

    // The call lasts for as long as the broker does not answer; whoever asked need not wait so long.
    private Task<T> AskAsync<T>(Func<IAdminClient, T> ask, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!_users.TryAddCount(), this);
        return OwnThread
            .RunAsync(() =>
            {
                try
                {
                    return ask(_client.Value);
                }
                finally
                {
                    _users.Signal();
                }
            })
            .WaitAsync(cancellationToken);
    }

    private async Task WaitForBrokerAsync(CancellationToken cancellationToken)
    {
        for (var asked = false; ; asked = true)
        {
            try
            {
                // Of no topic by name: asking for one creates it on some brokers, with too few partitions.
                await AskAsync(client => client.GetMetadata(FirstAnswer), cancellationToken);
                return;
            }
            catch (KafkaException exception)
            {
                if (!asked)
                {
                    _logger.LogWarning("The broker does not answer yet: {Reason}", exception.Error.Reason);
                }

                await Task.Delay(200, cancellationToken);
            }
        }
    }

    private async Task<bool> CreateTopicsAsync(CancellationToken cancellationToken)
    {
        var named = _messaging.Consumers.SelectMany(consumer => consumer.Topics).Append(_messaging.Topic).Distinct();
        var topics = named
            .SelectMany(topic => new[] { topic, TopicNames.DeadLetters(topic) })
            .Append(TopicNames.Control)
            .Select(topic => new TopicSpecification
            {
                Name = topic,
                NumPartitions = _options.Partitions,
                ReplicationFactor = -1,
                Configs = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["max.message.bytes"] = KafkaAddress.MaxMessageBytes.ToString(),
                },
            });
        // A broker with a controller names it in the answer that we already have, so the wait for one ends at once.
        var options = new CreateTopicsOptions
        {
            RequestTimeout = TimeSpan.FromMilliseconds(_kind is null ? 700 : 5000),
        };
        while (true)
        {
            try
            {
                await _client.Value.CreateTopicsAsync(topics, options);
                return true;
            }
            catch (CreateTopicsException)
            {
                // Most exist already. One that could not be created shows when it is used.
                return true;
            }
            catch (KafkaException exception) when (IsWithoutController(exception.Error))
            {
                return false;
            }
            catch (KafkaException exception)
            {
                _logger.LogWarning("Topics could not be created yet: {Reason}", exception.Error.Reason);
                await Task.Delay(500, cancellationToken);
            }
        }
    }

    private static bool IsWithoutController(Error error) =>
        error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion
        || (
            error.Code == ErrorCode.Local_TimedOut
            && error.Reason.Contains("controller", StringComparison.OrdinalIgnoreCase)
        );
}
