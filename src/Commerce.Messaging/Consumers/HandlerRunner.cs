using Commerce.Data.Connections;
using Commerce.Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>Calls the handlers of a batch in a scope of their own.</summary>
internal sealed class HandlerRunner(IServiceScopeFactory scopes, IOutbox outbox, ILogger<HandlerRunner> logger)
{
    /// <summary>Handles the events under <paramref name="processing"/>. What the handler left to be written, and what it publishes, the caller sends and commits.</summary>
    /// <exception cref="HandlerFailedException">The handler refused them.</exception>
    public async Task<HandlerScope> RunAsync(
        ConsumerRegistration consumer,
        IReadOnlyList<(EventOrigin Origin, object Data)> events,
        ProcessingSpan processing,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var spans = processing.Of([.. events.Select(e => e.Origin)]);
        var incoming = events.Select((e, i) => ToIncoming(e.Origin.Envelope, e.Data, spans.TraceParent(i))).ToArray();
        var batch = new EventBatch(transaction);
        var handled = new HandlerScope(batch, scopes.CreateAsyncScope(), spans, logger);
        try
        {
            await consumer.HandleAsync(handled.Services, batch, incoming, cancellationToken);
            outbox.Append(batch.Writes, batch.Outgoing);
            return handled;
        }
        catch (Exception exception)
        {
            spans.Fail(exception);
            await handled.DisposeAsync();
            if (IsOwnFault(exception, transaction, cancellationToken))
            {
                throw new HandlerFailedException(exception);
            }

            throw;
        }
    }

    public static bool IsOwnFault(
        Exception exception,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    ) =>
        !cancellationToken.IsCancellationRequested
        && !IsDatabaseTrouble(exception)
        && transaction.Connection is null or { FullState: System.Data.ConnectionState.Open };

    // Only PostgreSQL's own trouble excuses a handler: any other service that it calls has its retry schedule.
    private static bool IsDatabaseTrouble(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is NpgsqlException)
            {
                return TransientErrors.Is(cause);
            }
        }

        return false;
    }

    private static IncomingEvent ToIncoming(Envelope envelope, object data, string? trace) =>
        new(envelope.Id, envelope.Type, envelope.Source, envelope.Subject, envelope.Time, data, trace);
}
