using System.Diagnostics;
using Commerce.Data.Batches;
using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// Turns messages into handled events: one transaction with the inbox, the handler's work, its outbox rows and the positions.
/// A batch that fails is halved until the message that fails stands alone and is put aside.
/// </summary>
internal sealed class BatchProcessor(
    RetryingTransactions transactions,
    EventCatalog catalog,
    HandlerRunner runner,
    IFailedMessages failed,
    MessagingMetrics metrics,
    ILogger<BatchProcessor> logger
)
{
    /// <summary>Returns when every message is handled, known already, or put aside.</summary>
    public async Task ProcessAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        CancellationToken cancellationToken
    )
    {
        if (await ProcessWholeAsync(consumer, batch, cancellationToken))
        {
            return;
        }

        // Behind the first half nothing of the second is committed: the positions stay true.
        var half = batch.Count / 2;
        await ProcessAsync(consumer, batch[..half], cancellationToken);
        await ProcessAsync(consumer, batch[half..], cancellationToken);
    }

    /// <summary>False: it failed, and there is more than one event that may be to blame.</summary>
    private async Task<bool> ProcessWholeAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        CancellationToken cancellationToken
    )
    {
        var events = batch.Select(message => message.Origin).OfType<EventOrigin>().ToList();
        using var processing = new ProcessingSpan(consumer, events);
        var failure = await TryAsync(consumer, batch, processing, cancellationToken);
        if (failure is { Events: 1, Cause.InnerException: var cause } && IsUniqueViolation(cause))
        {
            // Somebody was faster with the same. It is committed by now, and handlers that meet it go on from there.
            failure = await TryAsync(consumer, batch, processing, cancellationToken);
        }

        if (failure is null)
        {
            return true;
        }

        processing.Fail(failure.Cause.InnerException!);
        if (failure.Events > 1)
        {
            return false;
        }

        logger.LogWarning(
            failure.Cause.InnerException,
            "{Consumer} failed on an event of {Topic}; it will be tried again",
            consumer.Name,
            batch[0].Topic
        );
        await transactions.RunAsync(
            consumer,
            batch,
            transaction => SetAsideAsync(consumer, batch, failure.Cause, transaction, cancellationToken),
            cancellationToken
        );
        return true;
    }

    private sealed record Failure(HandlerFailedException Cause, int Events);

    /// <summary>The handler's failure, or null. Trouble of the database is waited out, however long it takes.</summary>
    private async Task<Failure?> TryAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        ProcessingSpan processing,
        CancellationToken cancellationToken
    )
    {
        Failure? failure = null;
        await transactions.RunAsync(
            consumer,
            batch,
            async transaction =>
            {
                failure = await HandleAsync(consumer, batch, processing, transaction, cancellationToken);
            },
            cancellationToken
        );
        return failure;
    }

    private async Task<Failure?> HandleAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        ProcessingSpan processing,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.GetTimestamp();
        var taken = await Inbox.TryInsertAsync(transaction, consumer.Name, Ids(batch), cancellationToken);
        var (events, messages, malformed) = await ReadAsync(consumer, batch, taken, transaction);
        HandlerScope? handled = null;
        try
        {
            if (events.Count > 0)
            {
                handled = await runner.RunAsync(consumer, events, processing, transaction, cancellationToken);
            }

            await CommitAsync(consumer, batch, messages, transaction, handled, cancellationToken);
            Measure(consumer, batch, messages, Stopwatch.GetElapsedTime(watch));
            Tell(consumer, malformed);
            if (handled is not null)
            {
                await handled.AfterCommitAsync(cancellationToken);
            }

            return null;
        }
        catch (HandlerFailedException exception)
        {
            return new Failure(exception, events.Count);
        }
        finally
        {
            if (handled is not null)
            {
                await handled.DisposeAsync();
            }
        }
    }

    /// <summary>In one message: what the handler left to be written, what it publishes, the positions, the commit.</summary>
    private static async Task CommitAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        List<ReceivedMessage> messages,
        NpgsqlTransaction transaction,
        HandlerScope? handled,
        CancellationToken cancellationToken
    )
    {
        if (handled is not null)
        {
            SavePositions(handled.Writes, consumer, batch, messages);
            await handled.CommitAsync(cancellationToken);
            return;
        }

        await using var writes = new NpgsqlBatch(transaction.Connection, transaction);
        SavePositions(writes, consumer, batch, messages);
        await writes.CommitAsync(cancellationToken);
    }

    /// <param name="Malformed">Malformed, and why.</param>
    private sealed record Sorted(
        List<(EventOrigin, object)> Events,
        List<ReceivedMessage> Messages,
        List<(ReceivedMessage Message, string Fault)> Malformed
    );

    /// <summary>The data of the new events. What is malformed becomes a dead letter here: no try would make it better.</summary>
    private async Task<Sorted> ReadAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        HashSet<Guid> taken,
        NpgsqlTransaction transaction
    )
    {
        var events = new List<(EventOrigin, object)>(taken.Count);
        var messages = new List<ReceivedMessage>(taken.Count);
        var malformed = new List<(ReceivedMessage, string)>();
        foreach (var message in batch)
        {
            var fault = message.Fault;
            if (message.Envelope is { } envelope)
            {
                // Removing it keeps a second copy in the same batch out.
                if (!taken.Remove(envelope.Id))
                {
                    continue;
                }

                if (catalog.Read(envelope.Type, message.Message.Value, out fault) is { } data)
                {
                    events.Add((message.Origin!.Value, data));
                    messages.Add(message);
                    continue;
                }
            }
            else if (fault is null || !taken.Remove(message.SubstituteId()))
            {
                continue;
            }

            var id = message.Envelope?.Id ?? message.SubstituteId();
            await failed.DeadLetterAsync(transaction, consumer.Name, message, id, fault!);
            malformed.Add((message, fault!));
        }

        return new Sorted(events, messages, malformed);
    }

    /// <summary>After the commit: before it, all of it may come again, in halves and after trouble of the database.</summary>
    private void Tell(ConsumerRegistration consumer, List<(ReceivedMessage Message, string Fault)> malformed)
    {
        metrics.DeadLetters.Add(malformed.Count, new KeyValuePair<string, object?>("consumer", consumer.Name));
        foreach (var (message, fault) in malformed)
        {
            logger.LogWarning(
                "{Consumer} cannot read a message of {Topic}: {Fault}",
                consumer.Name,
                message.Topic,
                fault
            );
        }
    }

    private async Task SetAsideAsync(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        HandlerFailedException failure,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var taken = await Inbox.TryInsertAsync(transaction, consumer.Name, Ids(batch), cancellationToken);
        var (_, messages, malformed) = await ReadAsync(consumer, batch, taken, transaction);
        foreach (var message in messages)
        {
            await failed.ScheduleRetryAsync(transaction, consumer.Name, message, failure.Summary);
        }

        await CommitAsync(consumer, batch, messages: [], transaction, handled: null, cancellationToken);
        metrics.Retries.Add(messages.Count, new KeyValuePair<string, object?>("consumer", consumer.Name));
        Tell(consumer, malformed);
    }

    private static IEnumerable<Guid> Ids(ArraySegment<ReceivedMessage> batch) =>
        batch
            .Where(message => message.Envelope is not null || message.Fault is not null)
            .Select(message => message.Envelope?.Id ?? message.SubstituteId());

    private static void SavePositions(
        NpgsqlBatch writes,
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        List<ReceivedMessage> handled
    )
    {
        var positions = new Dictionary<TopicPartition, Position>();
        foreach (var message in batch)
        {
            positions[new TopicPartition(message.Topic, message.Partition)] = message.Position;
        }

        var counts = handled
            .GroupBy(message => new TopicPartition(message.Topic, message.Partition))
            .ToDictionary(group => group.Key, group => group.LongCount());
        PositionStore.Save(writes, consumer.Name, positions, counts);
    }

    private static bool IsUniqueViolation(Exception? exception) =>
        exception is not null
        && (
            exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
            || IsUniqueViolation(exception.InnerException)
        );

    private void Measure(
        ConsumerRegistration consumer,
        ArraySegment<ReceivedMessage> batch,
        List<ReceivedMessage> handled,
        TimeSpan duration
    )
    {
        var tag = new KeyValuePair<string, object?>("consumer", consumer.Name);
        metrics.BatchSize.Record(batch.Count, tag);
        metrics.Duration.Record(duration.TotalSeconds, tag);
        metrics.Handled.Add(handled.Count, tag);
        var duplicates = batch.Count(message => message.Envelope is not null) - handled.Count;
        metrics.Duplicates.Add(duplicates, tag);
        if (metrics.Latency.Enabled)
        {
            var now = DateTime.UtcNow;
            foreach (var message in handled)
            {
                metrics.Latency.Record((now - message.Message.Timestamp.UtcDateTime).TotalSeconds, tag);
            }
        }
    }
}
