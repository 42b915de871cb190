using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Commerce.Order.Live;

namespace Commerce.Order.Fruits;

/// <summary>Keeps the read model of the fruits as Catalog tells of them.</summary>
internal sealed class FruitReadModelHandler(LiveUpdates live) : IEventHandler<FruitSnapshot>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<FruitSnapshot>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var fruits = events.Select(e => e.Input).ToList();
        await FruitReadModel.UpsertAsync(batch.Transaction, fruits, cancellationToken);
        batch.AfterCommit(_ =>
        {
            live.FruitsChanged([.. fruits.Select(fruit => fruit.FruitId).Distinct()]);
            return Task.CompletedTask;
        });
    }
}
