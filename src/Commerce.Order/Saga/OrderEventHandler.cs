using Commerce.Messaging.Consumers;
using Commerce.Order.AfterCommit;
using Commerce.Order.Orders;

namespace Commerce.Order.Saga;

/// <summary>What Catalog, Payment and Delivery say about orders.</summary>
internal sealed class OrderEventHandler(OrderStore store, OrderFollowUp followUp) : IEventHandler<object>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<object>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var changes = await store.LockAsync(
            batch.Transaction,
            [.. events.Select(e => e.Subject).Distinct()],
            cancellationToken
        );
        foreach (var incoming in events)
        {
            changes.Apply(incoming.Event);
        }

        store.Save(batch.Writes, changes);
        batch.AfterCommit(_ =>
        {
            followUp.Committed(changes);
            return Task.CompletedTask;
        });
    }
}
