using Commerce.Messaging.Consumers;
using Commerce.Messaging.Outbox;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>Takes a message that failed once to the same handler again: for retries and for redrive by hand.</summary>
internal sealed class FailedMessageHandler(HandlerRunner runner, EventCatalog catalog)
{
    private const string Savepoint = "before_handler";

    /// <summary>
    /// On failure, the transaction is as it was before, and can go on. Trouble of the database is thrown.
    /// </summary>
    public async Task<Attempt> TryAsync(
        ConsumerRegistration consumer,
        FailedMessage message,
        EventOrigin? origin,
        ProcessingSpan processing,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        if (Read(consumer, message, origin, out var fault) is not { } readable)
        {
            return new Attempt(null, fault);
        }

        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            var handled = await runner.RunAsync(consumer, [readable], processing, transaction, cancellationToken);
            try
            {
                await handled.WriteAsync(cancellationToken);
                return new Attempt(handled, null);
            }
            catch
            {
                await handled.DisposeAsync();
                throw;
            }
        }
        catch (HandlerFailedException exception)
        {
            processing.Fail(exception.InnerException!);
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            return new Attempt(null, exception.Summary);
        }
    }

    private (EventOrigin, object)? Read(
        ConsumerRegistration consumer,
        FailedMessage message,
        EventOrigin? origin,
        out string fault
    )
    {
        fault = "";
        if (origin is null)
        {
            fault = "The message lacks the headers of an event.";
        }
        else if (!consumer.Subscribes(message.EventType))
        {
            fault = $"The event type '{message.EventType}' is unknown.";
        }
        else if (catalog.Read(message.EventType, message.Payload, out var unreadable) is { } data)
        {
            return (origin.Value, data);
        }
        else
        {
            fault = unreadable!;
        }

        return null;
    }

    /// <param name="Error">Null when the handler took it.</param>
    internal sealed record Attempt(HandlerScope? Handled, string? Error) : IAsyncDisposable
    {
        public Task AfterCommitAsync(CancellationToken cancellationToken) =>
            Handled?.AfterCommitAsync(cancellationToken) ?? Task.CompletedTask;

        public ValueTask DisposeAsync() => Handled?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
