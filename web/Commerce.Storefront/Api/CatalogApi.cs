using Commerce.Contracts.Api;
using Commerce.Storefront.Session;

namespace Commerce.Storefront.Api;

/// <summary>Fruits, farms, stock and reviews.</summary>
public sealed class CatalogApi(HttpClient http, Visitor visitor) : ServiceApi(http, visitor)
{
    public Task<FruitPage> FruitsAsync(
        FruitSearch search,
        int pageSize = FruitSearch.PageSize,
        CancellationToken cancellationToken = default
    ) => GetAsync<FruitPage>(search.ToApi(pageSize), cancellationToken);

    /// <summary>What sold best in the last 30 days, best first.</summary>
    public Task<IReadOnlyList<Fruit>> BestsellersAsync(int count, CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Fruit>>(Address.Of("fruits/bestsellers", ("count", count)), cancellationToken);

    public Task<Fruit> FruitAsync(Guid id, CancellationToken cancellationToken = default) =>
        GetAsync<Fruit>($"fruits/{id}", cancellationToken);

    public Task<ReviewPage> ReviewsAsync(Guid fruitId, int page, CancellationToken cancellationToken = default) =>
        GetAsync<ReviewPage>(Address.Of($"fruits/{fruitId}/reviews", ("page", page)), cancellationToken);

    public Task ReviewAsync(Guid fruitId, NewReview review, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"fruits/{fruitId}/reviews", review, cancellationToken);

    public Task<IReadOnlyList<Contracts.Api.Farm>> FarmsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Contracts.Api.Farm>>("farms", cancellationToken);

    public Task<Contracts.Api.Farm> FarmAsync(Guid id, CancellationToken cancellationToken = default) =>
        GetAsync<Contracts.Api.Farm>($"farms/{id}", cancellationToken);

    /// <summary>What a farm has for sale.</summary>
    public async Task<IReadOnlyList<Fruit>> FruitsOfAsync(Guid farmId, CancellationToken cancellationToken = default) =>
        (await GetAsync<FruitPage>(Address.Of("fruits", ("farm", farmId), ("pageSize", 60)), cancellationToken)).Items;

    /// <summary>Everything that the signed-in farmer lists, also what is not for sale.</summary>
    public Task<IReadOnlyList<Fruit>> OwnFruitsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Fruit>>("farm/fruits", cancellationToken);

    public Task<FruitCreated> CreateAsync(FruitDraft draft, CancellationToken cancellationToken = default) =>
        SendAsync<FruitCreated>(HttpMethod.Post, "fruits", draft, cancellationToken);

    public Task UpdateAsync(Guid id, FruitDraft draft, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"fruits/{id}", draft, cancellationToken);

    public Task<StockLevel> AddLotAsync(Guid id, NewLot lot, CancellationToken cancellationToken = default) =>
        SendAsync<StockLevel>(HttpMethod.Post, $"fruits/{id}/lots", lot, cancellationToken);

    public Task<StockLevel> ChangeStockAsync(
        Guid id,
        StockChange change,
        CancellationToken cancellationToken = default
    ) => SendAsync<StockLevel>(HttpMethod.Post, $"fruits/{id}/stock", change, cancellationToken);

    public Task<IReadOnlyList<Lot>> LotsAsync(Guid id, CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Lot>>($"fruits/{id}/lots", cancellationToken);

    public Task<IReadOnlyList<StockMovement>> StockHistoryAsync(
        Guid id,
        CancellationToken cancellationToken = default
    ) => GetAsync<IReadOnlyList<StockMovement>>($"fruits/{id}/stock", cancellationToken);
}
