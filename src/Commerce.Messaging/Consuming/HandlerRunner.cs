using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>The handler's own fault, as opposed to the database's or the broker's.</summary>
internal sealed class HandlerFailedException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>What is kept of it with the message.</summary>
    public string Summary => Describe(InnerException!);

    public static string Describe(Exception cause)
    {
        var text = MessageHeaders.Clean($"{cause.GetType().Name}: {cause.Message}");
        return text.Length <= 2000 ? text : text[..2000];
    }
}

/// <summary>Calls a handler in a scope of its own.</summary>
internal sealed class HandlerRunner(IServiceScopeFactory scopes, IOutbox outbox, ILogger<HandlerRunner> logger)
{
    /// <summary>Handles the events under <paramref name="processing"/>. What the handler left to be written, and what it publishes, the caller sends and commits.</summary>
    /// <exception cref="HandlerFailedException">The handler refused them.</exception>
    public async Task<HandledBatch> RunAsync(
        ConsumerRegistration consumer,
        IReadOnlyList<(EventOrigin Origin, object Data)> events,
        ProcessingSpan processing,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var spans = processing.Of([.. events.Select(e => e.Origin)]);
        var incoming = events.Select((e, i) => ToIncoming(e.Origin.Envelope, e.Data, spans.TraceParent(i))).ToArray();
        var batch = new EventBatch(incoming, transaction);
        var handled = new HandledBatch(batch, scopes.CreateAsyncScope(), spans, logger);
        try
        {
            var handler = (IEventHandler)handled.Services.GetRequiredService(consumer.Handler);
            await handler.HandleAsync(batch, cancellationToken);
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

/// <summary>What stays open until the commit: scope, spans, and the actions for after it.</summary>
internal sealed class HandledBatch(EventBatch batch, AsyncServiceScope scope, EventSpans spans, ILogger logger)
    : IAsyncDisposable
{
    public NpgsqlBatch Writes => batch.Writes;

    public IServiceProvider Services => scope.ServiceProvider;

    /// <summary>Sends what was left to be written.</summary>
    /// <exception cref="HandlerFailedException">It could not be written, and not for trouble of the database.</exception>
    public Task WriteAsync(CancellationToken cancellationToken) => SendAsync(Writes.WriteAsync, cancellationToken);

    /// <summary>Sends what was left to be written, and commits.</summary>
    /// <exception cref="HandlerFailedException">
    /// It could not be written, and not for trouble of the database. Constraints that are checked at the end are the handler's affair too.
    /// </exception>
    public Task CommitAsync(CancellationToken cancellationToken) => SendAsync(Writes.CommitAsync, cancellationToken);

    private async Task SendAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await send(cancellationToken);
        }
        catch (Exception exception) when (HandlerRunner.IsOwnFault(exception, batch.Transaction, cancellationToken))
        {
            spans.Fail(exception);
            throw new HandlerFailedException(exception);
        }
    }

    public async Task AfterCommitAsync(CancellationToken cancellationToken)
    {
        foreach (var action in batch.AfterCommitActions)
        {
            try
            {
                await action(cancellationToken);
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "An action after the commit failed");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        spans.Dispose();
        await batch.DisposeAsync();
        await scope.DisposeAsync();
    }
}
