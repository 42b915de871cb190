using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Kafka;

/// <summary>What we ask of the broker beside producing and consuming.</summary>
internal sealed class KafkaAdmin : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // Short: it is asked again and again, and the client cannot be disposed of before the answer.
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly Lazy<IAdminClient> _client;

    // One for us until we are disposed of, and one for each call that blocks inside the client: librdkafka crashes when it
    // is destroyed under one, and whoever made the call may have left before its answer.
    private readonly CountdownEvent _users = new(1);
    private readonly RequiredTopics _topics;
    private readonly KafkaOptions _options;
    private readonly ILogger<KafkaAdmin> _logger;

    /// <param name="producer">
    /// Lends us its connection. Taken here and not later: a container disposes of what it made in reverse order, so that the
    /// producer goes only after <see cref="DisposeAsync"/> has waited for everybody inside it.
    /// </param>
    public KafkaAdmin(
        IProducer<string, byte[]> producer,
        RequiredTopics topics,
        KafkaOptions options,
        ILogger<KafkaAdmin> logger
    )
        : this(() => new DependentAdminClientBuilder(producer.Handle).Build(), topics, options, logger) { }

    /// <param name="client">Made when it is first needed, ours from then on.</param>
    internal KafkaAdmin(
        Func<IAdminClient> client,
        RequiredTopics topics,
        KafkaOptions options,
        ILogger<KafkaAdmin> logger
    )
    {
        (_topics, _options, _logger) = (topics, options, logger);
        _client = new Lazy<IAdminClient>(client);
    }

    /// <summary>
    /// Waits for the broker. On Kafka, creates the topics that this service publishes to or reads, their dead letter topics and
    /// the control topic, with our number of partitions, and waits until all are there. The embedded broker creates topics on
    /// first use and is left alone.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var metadata = await WaitForBrokerAsync(cancellationToken);
        if (_options.Broker == BrokerKind.Kafka)
        {
            await CreateTopicsAsync(metadata, cancellationToken);
        }
    }

    /// <summary>Number of partitions; 0 while the topic does not exist. Makes the embedded broker create it.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public Task<int> PartitionCountAsync(string topic, CancellationToken cancellationToken) =>
        AskAsync(client => client.GetMetadata(topic, Timeout).Topics[0].Partitions.Count, cancellationToken);

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
        _options.Broker == BrokerKind.Embedded ? PartitionCountAsync(topic, cancellationToken) : Task.CompletedTask;

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

        var options = new ListOffsetsOptions { RequestTimeout = Timeout };
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

    /// <summary>Which cluster answers; null of the embedded broker, which has no identity that would outlive it.</summary>
    public async Task<string?> ClusterIdAsync(CancellationToken cancellationToken) =>
        _options.Broker == BrokerKind.Embedded
            ? null
            : (
                await _client
                    .Value.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Timeout })
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
        await DedicatedThread.RunAsync(() =>
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
        return DedicatedThread
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

    private async Task<Metadata> WaitForBrokerAsync(CancellationToken cancellationToken)
    {
        for (var asked = false; ; asked = true)
        {
            try
            {
                // Of no topic by name: asking for one creates it on some brokers, with too few partitions.
                return await AskAsync(client => client.GetMetadata(FirstAnswer), cancellationToken);
            }
            catch (KafkaException exception)
            {
                if (!asked)
                {
                    _logger.LogWarning("The broker does not answer yet: {Reason}", exception.Error.Reason);
                }

                await Task.Delay(FirstPause, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Tries until every topic is there. Going on without one would hide what is wrong: the broker may create it by itself, with
    /// its own number of partitions, or nothing is ever published. Meanwhile the relay's health says that it is connecting.
    /// </summary>
    private async Task CreateTopicsAsync(Metadata metadata, CancellationToken cancellationToken)
    {
        // Topics that somebody else made need no right of ours to make them.
        var there = metadata.Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic);
        var missing = Topics().Except(there, StringComparer.Ordinal).ToList();
        var told = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        for (var pause = FirstPause; missing.Count > 0; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await _client
                    .Value.CreateTopicsAsync(
                        missing.Select(Specify),
                        new CreateTopicsOptions { RequestTimeout = Timeout }
                    )
                    .WaitAsync(cancellationToken);
                return;
            }
            catch (CreateTopicsException exception)
            {
                var refused = exception.Results.Where(result => !IsThere(result.Error)).ToList();
                foreach (var topic in refused)
                {
                    Tell(LogLevel.Error, told, topic.Topic, topic.Error);
                }

                missing = refused.ConvertAll(topic => topic.Topic);
            }
            catch (KafkaException exception)
            {
                // The controller is away, or the broker has none: the embedded one, which the configuration should say.
                Tell(LogLevel.Warning, told, string.Join(", ", missing), exception.Error);
            }

            if (missing.Count > 0)
            {
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    private IEnumerable<string> Topics() =>
        _topics
            .Names.SelectMany(topic => new[] { topic, TopicNames.DeadLetters(topic) })
            .Append(TopicNames.Control)
            .Distinct(StringComparer.Ordinal);

    private TopicSpecification Specify(string topic) =>
        new()
        {
            Name = topic,
            NumPartitions = _options.Partitions,
            // As the broker has it.
            ReplicationFactor = -1,
            Configs = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["max.message.bytes"] = KafkaAddress.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
            },
        };

    private static bool IsThere(Error error) => error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists;

    // Once for each answer: it is asked every few seconds, and the same words again tell nothing.
    private void Tell(LogLevel level, Dictionary<string, ErrorCode> told, string topics, Error error)
    {
        if (told.TryGetValue(topics, out var before) && before == error.Code)
        {
            return;
        }

        told[topics] = error.Code;
        _logger.Log(
            level,
            "Topics {Topics} could not be created yet (Messaging:Broker is {Broker}): {Code}, {Reason}",
            topics,
            _options.Broker,
            error.Code,
            error.Reason
        );
    }
}
