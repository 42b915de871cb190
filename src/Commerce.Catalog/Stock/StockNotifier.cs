using Commerce.Catalog.Live;
using Commerce.Catalog.RestockSubscriptions;

namespace Commerce.Catalog.Stock;

/// <summary>Tells open pages what can still be ordered, and those who waited for it.</summary>
internal sealed class StockNotifier(LiveUpdates live, RestockNotifier restock)
{
    /// <summary>Call after the commit; does not wait.</summary>
    public void StockChanged(IEnumerable<(Guid FruitId, int Before, int Available)> changes)
    {
        var levels = changes.ToList();
        live.StockChanged(levels.ConvertAll(level => (level.FruitId, level.Available)));
        restock.BackInStock([
            .. levels.Where(level => level is { Before: <= 0, Available: > 0 }).Select(level => level.FruitId),
        ]);
    }
}
