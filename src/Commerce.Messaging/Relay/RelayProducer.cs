using System.Collections.Concurrent;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Relay;

/// <summary>
/// Through it goes all that a service publishes: idempotent, acks=all, with a cap on what is in flight. One failed delivery,
/// or an offset that the broker has given before, ends it; what was not confirmed is published by the next.
/// </summary>
internal sealed class RelayProducer : IAsyncDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly MessageFactory _messages;
    private readonly string _topic;
    private readonly SemaphoreSlim _room;
    private readonly ConcurrentDictionary<int, long> _acknowledged;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _inFlight;
    private long _published;
    private long _lastProgress = Environment.TickCount64;

    /// <param name="acknowledged">The highest offset ever acknowledged, per partition.</param>
    public RelayProducer(
        KafkaAddress address,
        string topic,
        MessageFactory messages,
        int maxInFlight,
        IReadOnlyDictionary<int, long> acknowledged,
        ILogger logger
    )
    {
        (_topic, _messages) = (topic, messages);
        _room = new SemaphoreSlim(maxInFlight);
        _acknowledged = new ConcurrentDictionary<int, long>(acknowledged);
        var config = address.Apply(
            new ProducerConfig
            {
                EnableIdempotence = true,
                Acks = Acks.All,
                LingerMs = 1,
                BatchSize = 1024 * 1024,
                MessageMaxBytes = KafkaAddress.MaxMessageBytes,
                // Never give up on a message: the WAL waits anyway, and the stall guard lets go of the slot.
                MessageTimeoutMs = 0,
                Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
                QueueBufferingMaxMessages = maxInFlight + 10_000,
                QueueBufferingMaxKbytes = 1024 * 1024,
                DeliveryReportFields = "none",
            }
        );
        // Not AddKafkaProducer's, which is one for the whole process: after a fatal error the next session needs a new one.
        _producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => OnError(error, logger))
            .SetLogHandler((_, message) => logger.LogDebug("{Message}", message.Message))
            .Build();
    }

    /// <summary>Faults when the producer is of no more use; never completes otherwise.</summary>
    public Task Failure => _failure.Task;

    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Events of the own topic acknowledged since the last call.</summary>
    public long TakePublished() => Interlocked.Exchange(ref _published, 0);

    public IReadOnlyDictionary<int, long> Acknowledged => _acknowledged;

    /// <summary>Time in ms that messages have been waiting without any acknowledgement; 0 when none waits.</summary>
    public long StalledMs => InFlight == 0 ? 0 : Environment.TickCount64 - Interlocked.Read(ref _lastProgress);

    /// <summary>Waits for room, then hands the row over; <paramref name="acks"/> hears of the acknowledgement.</summary>
    public Task PublishAsync(
        in OutboxRow row,
        DateTime committedAt,
        PendingAcks acks,
        CancellationToken cancellationToken
    )
    {
        var message = _messages.Create(row, committedAt);
        var partition = new TopicPartition(row.Topic ?? _topic, Partition.Any);
        return SendAsync(partition, message, acks, isEvent: row.Topic is null, cancellationToken);
    }

    /// <summary>Puts a marker on each of the own topic's partitions and waits for the acknowledgements.</summary>
    public async Task PublishControlRecordsAsync(
        int partitions,
        Func<int, ControlRecord> marker,
        CancellationToken cancellationToken
    )
    {
        var acks = new PendingAcks();
        for (var partition = 0; partition < partitions; partition++)
        {
            var message = _messages.Create(marker(partition));
            await SendAsync(new TopicPartition(_topic, partition), message, acks, isEvent: false, cancellationToken);
        }

        acks.Close();
        await acks.Completion.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // Destroying a client joins its threads, which takes a moment.
        await DedicatedThread.RunAsync(_producer.Dispose);
        _room.Dispose();
    }

    private async Task SendAsync(
        TopicPartition partition,
        Message<byte[], byte[]> message,
        PendingAcks acks,
        bool isEvent,
        CancellationToken cancellationToken
    )
    {
        await _room.WaitAsync(cancellationToken);
        if (Interlocked.Increment(ref _inFlight) == 1)
        {
            Interlocked.Exchange(ref _lastProgress, Environment.TickCount64);
        }

        acks.Expect();
        while (true)
        {
            try
            {
                _producer.Produce(partition, message, isEvent ? acks.OnEvent(this) : acks.OnOther(this));
                return;
            }
            catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(10, cancellationToken);
            }
        }
    }

    internal void Acknowledge(DeliveryReport<byte[], byte[]> report, PendingAcks acks, bool isEvent)
    {
        if (report.Error.IsError)
        {
            _failure.TrySetException(new KafkaException(report.Error));
            return;
        }

        // A deduplicated retry may be acknowledged without an offset.
        if (report.Offset.Value >= 0 && report.Topic == _topic && !Advance(report.Partition.Value, report.Offset.Value))
        {
            _failure.TrySetException(
                new BrokerEmptiedException(
                    $"partition {report.Partition.Value} gave offset {report.Offset.Value} again"
                )
            );
            return;
        }

        Interlocked.Exchange(ref _lastProgress, Environment.TickCount64);
        if (isEvent)
        {
            Interlocked.Increment(ref _published);
        }

        Interlocked.Decrement(ref _inFlight);
        acks.Acknowledge();
        _room.Release();
    }

    // Delivery reports come from one thread.
    private bool Advance(int partition, long offset)
    {
        if (_acknowledged.TryGetValue(partition, out var last) && offset <= last)
        {
            return false;
        }

        _acknowledged[partition] = offset;
        return true;
    }

    private void OnError(Error error, ILogger logger)
    {
        if (error.IsFatal)
        {
            _failure.TrySetException(new KafkaException(error));
        }
        else
        {
            logger.LogDebug("{Reason}", error.Reason);
        }
    }
}

/// <summary>The broker no longer has what it acknowledged: a new epoch begins.</summary>
/// <param name="clusterId">The other cluster that it became; null when it says nothing of one.</param>
internal sealed class BrokerEmptiedException(string how, string? clusterId = null)
    : Exception("The broker lost what it had: " + how)
{
    public string? ClusterId { get; } = clusterId;
}
