using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>Fruits, farms, stock and reviews.</summary>
public sealed class CatalogApi(HttpClient http, ICaller caller) : ServiceApi(http, caller)
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

    /// <summary>Up to 100 fruits by id, also those that are no longer for sale.</summary>
    public Task<IReadOnlyList<Fruit>> LookUpAsync(
        IEnumerable<Guid> ids,
        CancellationToken cancellationToken = default
    ) => GetAsync<IReadOnlyList<Fruit>>(Address.Of("fruits/lookup", ("ids", string.Join(',', ids))), cancellationToken);

    /// <summary>What the visitor wrote about these fruits.</summary>
    public Task<IReadOnlyList<OwnReview>> OwnReviewsAsync(
        IEnumerable<Guid> fruitIds,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<IReadOnlyList<OwnReview>>(
            Address.Of("reviews/own", ("ids", string.Join(',', fruitIds))),
            cancellationToken
        );

    public Task ChangeReviewAsync(Guid fruitId, NewReview review, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"fruits/{fruitId}/reviews", review, cancellationToken);

    /// <param name="sort"><c>newest</c>, <c>-stars</c> (best first) or <c>stars</c>.</param>
    public Task<ReviewPage> ReviewsAsync(
        Guid fruitId,
        int page,
        string sort,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<ReviewPage>(
            Address.Of($"fruits/{fruitId}/reviews", ("page", page), ("sort", sort)),
            cancellationToken
        );

    /// <summary>What the signed-in account wants to hear of when it is back.</summary>
    public Task<IReadOnlyList<Wish>> WishesAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Wish>>("wishes", cancellationToken);

    public Task WishAsync(Guid fruitId, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"fruits/{fruitId}/wish", null, cancellationToken);

    /// <summary>Takes the wish back; also once its notice was seen.</summary>
    public Task ForgetWishAsync(Guid fruitId, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"fruits/{fruitId}/wish", null, cancellationToken);

    /// <summary>Everything that is for sale, newest first, up to 45,000.</summary>
    public Task<IReadOnlyList<Guid>> FruitIdsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Guid>>("fruits/ids", cancellationToken);

    public Task ReviewAsync(Guid fruitId, NewReview review, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"fruits/{fruitId}/reviews", review, cancellationToken);

    public Task<IReadOnlyList<Contracts.Api.Farm>> FarmsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Contracts.Api.Farm>>("farms", cancellationToken);

    public Task<Contracts.Api.Farm> FarmAsync(Guid id, CancellationToken cancellationToken = default) =>
        GetAsync<Contracts.Api.Farm>($"farms/{id}", cancellationToken);

    /// <summary>What a farm has for sale.</summary>
    public async Task<IReadOnlyList<Fruit>> FruitsOfAsync(Guid farmId, CancellationToken cancellationToken = default) =>
        (await GetAsync<FruitPage>(Address.Of("fruits", ("farm", farmId), ("pageSize", 60)), cancellationToken)).Items;

    /// <summary>What the signed-in farmer lists, also what is not for sale. State: <c>for-sale</c>, <c>withdrawn</c>, <c>low</c> or null.</summary>
    public Task<Paged<Fruit>> OwnFruitsAsync(
        string? q = null,
        string? state = null,
        int page = 1,
        int pageSize = 20,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<Fruit>>(
            Address.Of("farm/fruits", ("q", q), ("state", state), ("page", page), ("pageSize", pageSize)),
            cancellationToken
        );

    /// <summary>Newest reviews of own fruits.</summary>
    public Task<Paged<FarmReview>> OwnReviewsAsync(int pageSize, CancellationToken cancellationToken = default) =>
        GetAsync<Paged<FarmReview>>(Address.Of("farm/reviews", ("pageSize", pageSize)), cancellationToken);

    /// <summary>What is wrong with a listing, by the rules by which it would be refused.</summary>
    public Task<FruitCheck> CheckAsync(FruitDraft draft, CancellationToken cancellationToken = default) =>
        SendAsync<FruitCheck>(HttpMethod.Post, "fruits/check", draft, cancellationToken);

    public Task SetForSaleAsync(Guid id, bool forSale, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"fruits/{id}/for-sale", new SaleState(forSale), cancellationToken);

    public Task ChangeFarmAsync(FarmProfile profile, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, "farms/me", profile, cancellationToken);

    /// <summary>Reads and checks a CSV file; nothing is listed before <see cref="RunImportAsync"/>.</summary>
    public Task<FruitImport> ImportAsync(byte[] file, CancellationToken cancellationToken = default) =>
        SendAsync<FruitImport>(HttpMethod.Post, "farm/imports", file, cancellationToken);

    /// <summary>Takes the next rows and tells how far it is.</summary>
    public Task<FruitImport> RunImportAsync(Guid id, bool onlyWhole, CancellationToken cancellationToken = default) =>
        SendAsync<FruitImport>(HttpMethod.Post, $"farm/imports/{id}/run", new RunImport(onlyWhole), cancellationToken);

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

    public Task<Paged<StockMovement>> StockHistoryAsync(
        Guid id,
        int page,
        CancellationToken cancellationToken = default
    ) => GetAsync<Paged<StockMovement>>(Address.Of($"fruits/{id}/stock", ("page", page)), cancellationToken);
}
