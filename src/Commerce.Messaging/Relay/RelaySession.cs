using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Relay;

/// <summary>From taking the slot to the first trouble: what has to be right before the stream may flow.</summary>
internal sealed class RelaySession(
    ReplicationSlot slot,
    RelayStore store,
    OutboxReader outbox,
    NpgsqlDataSource database,
    KafkaAdmin admin,
    KafkaAddress address,
    Publisher publisher,
    RelayOptions options,
    GapOptions gaps,
    EventRetentionOptions retention,
    MessagingMetrics metrics,
    RelayState state,
    ILogger<RelaySession> logger
)
{
    private RelayPipeline? _pipeline;

    /// <summary>Whether this session got so far as to confirm something.</summary>
    public bool HasConfirmed => _pipeline?.Confirmed is not null;

    /// <summary>Ends by cancellation, by what went wrong, or when the server ends the stream.</summary>
    /// <exception cref="BrokerEmptiedException">A new epoch is needed.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        // The broker first: a slot that is held but not confirmed keeps PostgreSQL from shutting down.
        await admin.PrepareAsync(stoppingToken);
        await using var stream = await slot.TakeAsync(() => state.State = RelayState.Standby, stoppingToken);
        state.State = RelayState.Connecting;

        // Only the holder of the slot may look: what another one wrote meanwhile would be missed before.
        var saved = await store.LoadAsync(stoppingToken);
        var acknowledged = await store.LoadPartitionsAsync(stoppingToken);
        var partitions = await admin.PartitionCountAsync(publisher.Topic, stoppingToken);
        if (partitions == 0)
        {
            throw new TimeoutException($"topic {publisher.Topic} does not exist yet");
        }

        // With a new epoch the old offsets mean nothing.
        var offsets = saved.MarkersPending
            ? []
            : acknowledged.ToDictionary(row => row.Partition, row => row.LastOffset);
        var watch = new BrokerWatch(admin, store, publisher.Topic, saved.ClusterId);
        await watch.CheckAsync(offsets, stoppingToken);
        await using var producer = new RelayProducer(
            address,
            publisher.Topic,
            new MessageFactory(publisher.Source, saved.Epoch),
            options.MaxInFlight,
            offsets,
            logger
        );
        var pipeline = _pipeline = new RelayPipeline(
            stream,
            producer,
            store,
            new CommitVisibility(database),
            saved.Epoch,
            metrics
        );
        state.Watch(() => producer.InFlight);
        try
        {
            await RunningTasks.UntilFirstAsync(
                [
                    stop => GuardAsync(producer, stop),
                    stop => producer.Failure.WaitAsync(stop),
                    stop => WorkAsync(pipeline, producer, watch, saved, acknowledged, partitions, stop),
                ],
                stoppingToken
            );
        }
        finally
        {
            state.Watch(static () => 0);
        }
    }

    private async Task WorkAsync(
        RelayPipeline pipeline,
        RelayProducer producer,
        BrokerWatch watch,
        RelayStore.State saved,
        IReadOnlyList<RelayStore.PartitionState> acknowledged,
        int partitions,
        CancellationToken cancellationToken
    )
    {
        if (saved.MarkersPending)
        {
            await AnnounceEpochAsync(producer, saved.Epoch, acknowledged, partitions, cancellationToken);
        }

        var republisher = new Republisher(store, outbox, producer, partitions, gaps, retention, metrics, logger);
        if (saved.BacklogPending)
        {
            await republisher.PublishBacklogAsync(saved.BacklogFrom, saved.BacklogTo, cancellationToken);
        }

        state.State = RelayState.Streaming;
        logger.LogInformation(
            "Relay streams {Slot} to {Topic}, epoch {Epoch}",
            slot.Name,
            publisher.Topic,
            saved.Epoch
        );
        using var control = new RepublishListener(address, publisher.Topic, admin, republisher.Request, logger);
        await RunningTasks.UntilFirstAsync(
            [
                pipeline.ReadAsync,
                pipeline.ConfirmAsync,
                stop => watch.RunAsync(producer, stop),
                republisher.RunAsync,
                control.RunAsync,
            ],
            cancellationToken
        );
    }

    /// <summary>Tells consumers, on every partition and before anything else, that the log began anew and where the old one ended.</summary>
    private async Task AnnounceEpochAsync(
        RelayProducer producer,
        long epoch,
        IReadOnlyList<RelayStore.PartitionState> before,
        int partitions,
        CancellationToken cancellationToken
    )
    {
        var previous = before.ToDictionary(row => row.Partition);
        var previousEpoch = before.Count == 0 ? epoch - 1 : before.Max(row => row.Epoch);
        await producer.PublishControlRecordsAsync(
            partitions,
            partition => new ControlRecord(
                ControlRecordKind.Epoch,
                previousEpoch,
                previous.TryGetValue(partition, out var row) ? row.LastOffset + 1 : 0
            ),
            cancellationToken
        );
        await store.EpochAnnouncedAsync(epoch, new Dictionary<int, long>(producer.Acknowledged));
        logger.LogInformation("Epoch {Epoch} announced on {Partitions} partitions", epoch, partitions);
    }

    /// <summary>Ends the session when nothing is acknowledged for too long.</summary>
    private async Task GuardAsync(RelayProducer producer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (producer.StalledMs > options.StallTimeout.TotalMilliseconds)
            {
                throw new TimeoutException("the broker acknowledges nothing");
            }
        }
    }
}

internal static class RunningTasks
{
    /// <summary>Runs all; when the first ends, in whatever way, stops the others, waits for them, and ends as the first did.</summary>
    public static async Task UntilFirstAsync(Func<CancellationToken, Task>[] work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = work.Select(start => start(stop.Token)).ToArray();
        try
        {
            await await Task.WhenAny(running);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
