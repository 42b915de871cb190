using Commerce.Messaging.Consumers;

namespace Commerce.Payment.Charging;

/// <summary>The consumer: what Order and Catalog say about orders, batch by batch.</summary>
internal sealed class PaymentEventHandler(PaymentStore rows, PaymentWorker worker) : IEventHandler<PaymentInput>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<PaymentInput>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var reports = events.Select(e => new PaymentUpdate(e.Subject, e.Input, e.TraceParent)).ToList();
        if (await rows.ApplyAsync(batch.Writes, reports, cancellationToken))
        {
            // Only for speed: whatever this misses, the worker finds by itself.
            batch.AfterCommit(_ =>
            {
                worker.Wake();
                return Task.CompletedTask;
            });
        }
    }
}
