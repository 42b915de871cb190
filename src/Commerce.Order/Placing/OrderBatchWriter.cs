using System.Diagnostics;
using System.Threading.Channels;
using Commerce.Data.Batches;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>
/// Takes orders in batches: those that wait when a worker is free are written by one transaction, so that the disk is waited
/// for once and not once for each. An order that comes alone goes at once; batches grow with the load by themselves.
/// </summary>
/// <remarks>How many can wait is bounded by how many requests the process admits.</remarks>
internal sealed class OrderBatchWriter(
    NpgsqlDataSource database,
    PlaceOrderStore store,
    ILogger<OrderBatchWriter> logger
) : BackgroundService
{
    /// <summary>While one waits for the disk, the other collects.</summary>
    private const int Workers = 2;

    private const int AtOnce = 200;

    private static readonly ActivitySource Source = new("Commerce.Order");

    private readonly BatchThrottle _throttle = new(BatchThrottle.Default);
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();

    /// <summary>Returns when the order is on disk, or it is clear that there will be none.</summary>
    /// <exception cref="NpgsqlException">The database is away; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The service stops, or the caller has gone. The order may exist.</exception>
    public Task<PlaceOrderResult> PlaceAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(request);
        if (!_waiting.Writer.TryWrite(waiting))
        {
            throw new OperationCanceledException("The service stops.");
        }

        return waiting.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(stoppingToken), default)));
        _waiting.Writer.Complete();
        while (_waiting.Reader.TryRead(out var left))
        {
            left.TrySetCanceled(stoppingToken);
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Waiting>(AtOnce);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                if (_throttle.Wait is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, stoppingToken);
                }

                var begun = _throttle.Begin();
                while (batch.Count < AtOnce && _waiting.Reader.TryRead(out var waiting))
                {
                    batch.Add(waiting);
                }

                if (batch.Count == 0)
                {
                    continue;
                }

                // Not with the stopping token: what was begun is ended, its shoppers wait for an answer.
                await PlaceAsync(batch);
                _throttle.End(begun);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The requests end before the service does: nobody waits any more.
        }
    }

    private async Task PlaceAsync(List<Waiting> batch)
    {
        try
        {
            using var span = Start(batch);
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            var placed = await store.PlaceAsync(connection, batch.ConvertAll(waiting => waiting.Request));
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].TrySetResult(placed[i]);
            }
        }
        catch (PostgresException exception) when (!exception.IsTransient && batch.Count > 1)
        {
            // One that the database does not take is no reason to refuse the others.
            logger.LogWarning(exception, "A batch of {Count} orders is written one by one", batch.Count);
            foreach (var waiting in batch)
            {
                await PlaceAsync([waiting]);
            }
        }
        catch (Exception exception)
        {
            batch.ForEach(waiting => waiting.TrySetException(exception));
        }
    }

    /// <summary>Alone, an order is written under its own request's trace; a batch belongs to none and links to all.</summary>
    private static Activity? Start(List<Waiting> batch)
    {
        Activity.Current = null;
        var traces = batch
            .Select(waiting =>
                ActivityContext.TryParse(waiting.Request.TraceParent, null, out var trace) ? trace : default
            )
            .Where(trace => trace != default)
            .ToList();
        return batch.Count == 1 && traces is [var only]
            ? Source.StartActivity("place order", ActivityKind.Internal, only)
            : Source.StartActivity(
                "place orders",
                ActivityKind.Internal,
                default(ActivityContext),
                [new("commerce.orders", batch.Count)],
                traces.Take(128).Select(trace => new ActivityLink(trace))
            );
    }

    private sealed class Waiting(OrderRequest request)
        : TaskCompletionSource<PlaceOrderResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public OrderRequest Request => request;
    }
}
