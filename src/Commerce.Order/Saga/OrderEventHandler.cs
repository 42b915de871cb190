using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.Order.Carts;
using Commerce.Order.Fruits;
using Commerce.Order.Live;

namespace Commerce.Order.Saga;

/// <summary>Everything that Order hears from Catalog, Payment and Delivery.</summary>
internal sealed class OrderEventHandler(OrderStore store, LiveUpdates live, UnboughtBoxes unbought) : IEventHandler
{
    public async Task HandleAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var fruits = batch.Events.Select(e => Snapshot(e.Data)).OfType<FruitSnapshot>().ToList();
        if (fruits.Count > 0)
        {
            await FruitCopies.UpsertAsync(batch.Transaction, fruits, cancellationToken);
            batch.AfterCommit(_ =>
            {
                live.FruitsChanged([.. fruits.Select(fruit => fruit.FruitId).Distinct()]);
                return Task.CompletedTask;
            });
        }

        var events = batch.Events.Where(e => IsOfAnOrder(e.Data)).ToList();
        if (events.Count == 0)
        {
            return;
        }

        var changes = await store.LockAsync(
            batch.Transaction,
            [.. events.Select(e => e.Subject).Distinct()],
            cancellationToken
        );
        foreach (var incoming in events)
        {
            changes.Apply(incoming);
        }

        store.Save(batch.Writes, changes);
        batch.AfterCommit(_ =>
        {
            // In this order: a page that hears of the order finds its boxes in the cart. Neither is waited for here: a Redis that
            // hangs would hold up the orders behind these.
            unbought.Return(changes.Ended);
            live.OrdersChanged(changes.Touched);
            return Task.CompletedTask;
        });
    }

    private static FruitSnapshot? Snapshot(object data) =>
        data switch
        {
            FruitListed listed => listed.Fruit,
            FruitChanged changed => changed.Fruit,
            _ => null,
        };

    private static bool IsOfAnOrder(object data) =>
        data
            is StockReserved
                or StockRejected
                or StockReleased
                or PaymentCaptured
                or PaymentDeclined
                or PaymentRefunded
                or DeliveryScheduled
                or DeliveryOnRoute
                or DeliveryDelivered;
}
