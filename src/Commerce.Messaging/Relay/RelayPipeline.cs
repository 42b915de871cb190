using System.Collections.Concurrent;
using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Outbox;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace Commerce.Messaging.Relay;

/// <summary>
/// Reads transactions from the WAL, publishes them, and confirms each one's LSN when the broker has acknowledged all of it.
/// </summary>
internal sealed class RelayPipeline(
    WalStream stream,
    RelayProducer producer,
    RelayStore store,
    CommitVisibility visibility,
    long epoch,
    MessagingMetrics metrics
)
{
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastConfirmBound = TimeSpan.FromSeconds(2);

    // In the order of their commits.
    private readonly ConcurrentQueue<PendingAcks> _transactions = new();

    /// <summary>The last LSN confirmed; null when there was none.</summary>
    public NpgsqlLogSequenceNumber? Confirmed { get; private set; }

    /// <summary>Returns when the server ends the stream.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        PendingAcks? current = null;
        while (await stream.NextAsync(cancellationToken) is { } message)
        {
            switch (message)
            {
                case BeginMessage begin:
                    await visibility.WaitAsync(begin.TransactionXid, cancellationToken);
                    current = new PendingAcks
                    {
                        CommittedAt = DateTime.SpecifyKind(begin.TransactionCommitTimestamp, DateTimeKind.Utc),
                    };
                    _transactions.Enqueue(current);
                    break;
                case InsertMessage insert when current is not null:
                    var row = await OutboxRow.ReadAsync(insert, cancellationToken);
                    await producer.PublishAsync(row, current.CommittedAt, current, cancellationToken);
                    break;
                case CommitMessage commit:
                    current?.Close(commit.TransactionEndLsn);
                    current = null;
                    break;
            }

            stream.Advance();
        }
    }

    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ConfirmInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await ConfirmOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What was acknowledged since the last time would be published again by the next relay. Harmless, but a waste.
            using var bound = new CancellationTokenSource(LastConfirmBound);
            await ConfirmOnceAsync(bound.Token);
            throw;
        }
    }

    private async Task ConfirmOnceAsync(CancellationToken cancellationToken)
    {
        // In this order: what was received before the queue was found empty holds nothing of ours.
        var received = stream.Received;
        var last = TakeCompleted();
        var published = producer.TakePublished();
        if (last is not null || published > 0)
        {
            // Before the LSN: after a crash the offsets must not be older than what is never sent again.
            var offsets = new Dictionary<int, long>(producer.Acknowledged);
            await store.SaveProgressAsync(epoch, offsets, last?.CommittedAt, published, cancellationToken);
            metrics.Published.Add(published);
        }

        var end = last?.End ?? NpgsqlLogSequenceNumber.Invalid;
        var target = _transactions.IsEmpty && received > end ? received : end;
        if (target > (Confirmed ?? NpgsqlLogSequenceNumber.Invalid))
        {
            await stream.ConfirmAsync(target, cancellationToken);
            Confirmed = target;
        }
    }

    private PendingAcks? TakeCompleted()
    {
        PendingAcks? last = null;
        while (_transactions.TryPeek(out var transaction) && transaction.IsComplete)
        {
            last = transaction;
            _transactions.TryDequeue(out _);
        }

        return last;
    }
}
