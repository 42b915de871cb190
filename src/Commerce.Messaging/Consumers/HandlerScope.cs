using Commerce.Data.Batches;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>What stays open until the commit: scope, spans, and the actions for after it.</summary>
internal sealed class HandlerScope(EventBatch batch, AsyncServiceScope scope, HandlerActivities spans, ILogger logger)
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
