using Commerce.Contracts.Events;
using Commerce.Messaging;

namespace Commerce.Payment.Charging;

/// <summary>The consumer: what Order and Catalog say about orders, batch by batch.</summary>
internal sealed class OrderEvents(PaymentRows rows, PaymentWorker worker) : IEventHandler
{
    public async Task HandleAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var reports = new List<Report>(batch.Events.Count);
        foreach (var incoming in batch.Events)
        {
            if (FactOf(incoming.Data) is { } fact)
            {
                reports.Add(new Report(incoming.Subject, fact, incoming.TraceParent));
            }
        }

        if (reports.Count > 0 && await rows.ApplyAsync(batch.Writes, reports, cancellationToken))
        {
            // Only for speed: whatever this misses, the worker finds by itself.
            batch.AfterCommit(_ =>
            {
                worker.Wake();
                return Task.CompletedTask;
            });
        }
    }

    private static Fact? FactOf(object data) =>
        data switch
        {
            OrderPlaced placed => new Fact.OrderPlaced(
                placed.AccountId,
                placed.TotalKrw,
                placed.PaymentToken,
                placed.TotalKrw > 0
                    && placed.Lines.Sum(line => (decimal)line.Quantity * line.UnitPriceKrw) == placed.TotalKrw
            ),
            StockReserved => new Fact.StockReserved(),
            OrderCancelled or OrderRejected => new Fact.OrderClosed(),
            OrderRefundRequested => new Fact.RefundAsked(),
            _ => null,
        };
}
