using System.Diagnostics;
using System.Threading.Channels;
using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Outbox;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Relay;

/// <summary>
/// Publishes rows of the outbox again, between a begin and an end marker on every partition, slower than consumers read.
/// Who misses something after that asks once more.
/// </summary>
internal sealed class Republisher(
    RelayStore store,
    OutboxReader outbox,
    RelayProducer producer,
    int partitions,
    GapOptions options,
    EventRetentionOptions retention,
    MessagingMetrics metrics,
    ILogger logger
)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);
    private readonly Channel<DateTime?> _requests = Channel.CreateUnbounded<DateTime?>();

    /// <summary>Asks for everything written since then (null = everything there is). Requests merge.</summary>
    public void Request(DateTime? since) => _requests.Writer.TryWrite(since);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var since = await _requests.Reader.ReadAsync(cancellationToken);
            // Consumers find the same hole at about the same time.
            await Task.Delay(100, cancellationToken);
            while (_requests.Reader.TryRead(out var other))
            {
                since = Earlier(since, other);
            }

            await RepublishAsync(since, cancellationToken);
            await Task.Delay(options.RepublishCoolDown, cancellationToken);
        }
    }

    /// <summary>Publishes what was written before the slot existed. Nobody asked, so there are no markers.</summary>
    public async Task PublishBacklogAsync(DateTime? since, long? last, CancellationToken cancellationToken)
    {
        last ??= await outbox.LastSequenceAsync(cancellationToken);
        var count = await PublishAsync(since, last.Value, eventsOnly: false, onProgress: null, cancellationToken);
        await store.BacklogDoneAsync();
        if (count > 0)
        {
            logger.LogInformation("Published {Count} rows that no slot had kept", count);
        }
    }

    private static DateTime? Earlier(DateTime? a, DateTime? b) =>
        a is null || b is null ? null
        : a < b ? a
        : b;

    private async Task RepublishAsync(DateTime? since, CancellationToken cancellationToken)
    {
        var run = Guid.CreateVersion7();
        var from = since is { } time ? new DateTimeOffset(time) : (DateTimeOffset?)null;
        ControlRecord Mark(ControlRecordKind kind) => new(kind, Run: run, Since: from);

        await using var hold = await outbox.HoldAsync(cancellationToken);
        // The rows are looked up after the marker: whatever a consumer lacked when it passed the marker is among them.
        await producer.PublishControlRecordsAsync(
            partitions,
            _ => Mark(ControlRecordKind.RepublishBegin),
            cancellationToken
        );
        var last = await outbox.LastSequenceAsync(cancellationToken);
        var reach = await outbox.ReachAsync(since, cancellationToken);
        if (reach.IsShort)
        {
            // The hole is closed all the same: asking again brings nothing back. Only people can help now.
            metrics.ExpiredGaps.Add(1);
            logger.LogError(
                "Events since {Since} were asked for; those older than {Retention} are lost to who asked",
                from?.ToString("O") ?? "the beginning",
                retention.OutboxRetention
            );
        }

        var count = await PublishAsync(
            reach.From,
            last,
            eventsOnly: true,
            () =>
                producer.PublishControlRecordsAsync(
                    partitions,
                    _ => Mark(ControlRecordKind.RepublishProgress),
                    cancellationToken
                ),
            cancellationToken
        );
        await producer.PublishControlRecordsAsync(
            partitions,
            _ => Mark(ControlRecordKind.RepublishEnd),
            cancellationToken
        );
        metrics.Republished.Add(count);
        logger.LogInformation(
            "Published {Count} events since {Since} again",
            count,
            from?.ToString("O") ?? "the beginning"
        );
    }

    private async Task<long> PublishAsync(
        DateTime? since,
        long last,
        bool eventsOnly,
        Func<Task>? onProgress,
        CancellationToken cancellationToken
    )
    {
        var acks = new PendingAcks();
        var watch = Stopwatch.StartNew();
        var progress = watch.Elapsed;
        long count = 0;
        await foreach (var row in outbox.RowsAsync(since, last, eventsOnly, cancellationToken))
        {
            await producer.PublishAsync(row, row.CreatedAt, acks, cancellationToken);
            count++;
            if (count % 100 != 0)
            {
                continue;
            }

            var ahead = TimeSpan.FromSeconds((double)count / options.RepublishRate) - watch.Elapsed;
            if (ahead > TimeSpan.FromMilliseconds(10))
            {
                await Task.Delay(ahead, cancellationToken);
            }

            if (onProgress is not null && watch.Elapsed - progress > ProgressInterval)
            {
                progress = watch.Elapsed;
                await onProgress();
            }
        }

        acks.Close();
        await acks.Completion.WaitAsync(cancellationToken);
        return count;
    }
}
