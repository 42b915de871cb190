using Commerce.Catalog.Farms;
using Commerce.Catalog.Live;
using Commerce.Catalog.Reserving;
using Commerce.Catalog.Reviews;
using Commerce.Messaging;

namespace Commerce.Catalog;

/// <summary>All that Catalog listens to. Each part takes its own events out of the mixed batch.</summary>
internal sealed class CatalogEvents(ShopCache cache) : IEventHandler
{
    public async Task HandleAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        await OrderEvents.HandleAsync(batch, cache, cancellationToken);
        await Purchases.RecordAsync(batch, cancellationToken);
        await OpenFarm.HandleAsync(batch, cancellationToken);
        await FarmStandings.HandleAsync(batch, cache, cancellationToken);
        await Reviewers.RememberAsync(batch, cancellationToken);
    }
}
