using System.Diagnostics;
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

/// <summary>Calls a handler in a scope of its own, each event under a span of its own trace.</summary>
internal sealed class HandlerRunner(IServiceScopeFactory scopes, IOutbox outbox, ILogger<HandlerRunner> logger)
{
    /// <summary>Handles the events. What the handler left to be written, and what it publishes, the caller sends and commits.</summary>
    /// <exception cref="HandlerFailedException">The handler refused them.</exception>
    public async Task<HandledBatch> RunAsync(
        ConsumerRegistration consumer,
        IReadOnlyList<(Envelope Envelope, object Data)> events,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var spans = new EventSpans(consumer, events);
        var incoming = events.Select((e, i) => ToIncoming(e.Envelope, e.Data, spans.TraceParent(i))).ToArray();
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

/// <summary>
/// One span per event, child of the span that published it. The SQL of the batch belongs to all of them: it runs under the
/// event's own span when there is one event, under a span of the batch with links otherwise.
/// </summary>
internal sealed class EventSpans : IDisposable
{
    private readonly Activity?[] _spans;
    private readonly string?[] _given;
    private readonly Activity? _batch;
    private readonly Activity? _before = Activity.Current;

    public EventSpans(ConsumerRegistration consumer, IReadOnlyList<(Envelope Envelope, object Data)> events)
    {
        _spans = new Activity?[events.Count];
        _given = new string?[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            Activity.Current = null;
            _given[i] = events[i].Envelope.TraceParent;
            _spans[i] = Start(consumer, events[i].Envelope);
        }

        Activity.Current = null;
        if (events.Count > 1)
        {
            var links = _spans.OfType<Activity>().Select(span => new ActivityLink(span.Context));
            _batch = MessagingMetrics.Activities.StartActivity(
                "handle " + consumer.Name,
                ActivityKind.Internal,
                default(ActivityContext),
                links: [.. links.Take(128)]
            );
            _batch?.SetTag("messaging.batch.message_count", events.Count);
        }

        Activity.Current = _batch ?? (events.Count == 1 ? _spans[0] : null);
    }

    /// <summary>Under what the consequences of the event go on.</summary>
    public string? TraceParent(int index) => _spans[index]?.Id ?? _given[index];

    public void Fail(Exception exception)
    {
        foreach (var span in _spans.Append(_batch))
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        }
    }

    public void Dispose()
    {
        foreach (var span in _spans)
        {
            span?.Dispose();
        }

        _batch?.Dispose();
        Activity.Current = _before;
    }

    private static Activity? Start(ConsumerRegistration consumer, Envelope envelope)
    {
        // Without a readable parent the event begins a trace of its own.
        _ = ActivityContext.TryParse(envelope.TraceParent, null, isRemote: true, out var parent);
        var span = MessagingMetrics.Activities.StartActivity("process " + envelope.Type, ActivityKind.Consumer, parent);
        span?.SetTag("messaging.system", "kafka");
        span?.SetTag("messaging.consumer.group.name", consumer.Name);
        span?.SetTag("messaging.message.id", envelope.Id.ToString());
        span?.SetTag("commerce.subject", envelope.Subject.ToString());
        return span;
    }
}
