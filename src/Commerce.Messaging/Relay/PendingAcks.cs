using Confluent.Kafka;
using NpgsqlTypes;

namespace Commerce.Messaging.Relay;

/// <summary>Acknowledgements that one transaction (or one run of publishing again) waits for.</summary>
internal sealed class PendingAcks
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<DeliveryReport<byte[], byte[]>>? _onEvent;
    private Action<DeliveryReport<byte[], byte[]>>? _onOther;

    // One for the sender, until it says that nothing more comes.
    private int _pending = 1;

    /// <summary>Commit time of the transaction, UTC.</summary>
    public DateTime CommittedAt { get; init; }

    /// <summary>End of the transaction in the WAL; valid when complete.</summary>
    public NpgsqlLogSequenceNumber End { get; private set; }

    public bool IsComplete => Volatile.Read(ref _pending) == 0;

    public Task Completion => _completion.Task;

    public void Expect() => Interlocked.Increment(ref _pending);

    public void Acknowledge()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _completion.TrySetResult();
        }
    }

    public void Close(NpgsqlLogSequenceNumber end = default)
    {
        End = end;
        Acknowledge();
    }

    // One delegate per transaction instead of one per message.
    public Action<DeliveryReport<byte[], byte[]>> OnEvent(RelayProducer producer) =>
        _onEvent ??= report => producer.Acknowledge(report, this, isEvent: true);

    public Action<DeliveryReport<byte[], byte[]>> OnOther(RelayProducer producer) =>
        _onOther ??= report => producer.Acknowledge(report, this, isEvent: false);
}
