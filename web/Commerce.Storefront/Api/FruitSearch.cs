namespace Commerce.Storefront.Api;

/// <summary>What the shopper looks for; lives in the page's address and goes to Catalog under the same names.</summary>
/// <param name="Sort"><c>null</c> (recommended), or one of <see cref="Sorts"/>.</param>
/// <param name="Page">From 1.</param>
public sealed record FruitSearch(
    string? Q = null,
    string? Category = null,
    string? Region = null,
    string? Grade = null,
    bool? InSeason = null,
    long? MinPrice = null,
    long? MaxPrice = null,
    string? Sort = null,
    int Page = 1,
    string? Certification = null
)
{
    public const int PageSize = 24;

    /// <summary>Sorting that the shopper can choose beside the default.</summary>
    public static readonly IReadOnlyList<string> Sorts = ["harvested", "newest", "price", "-price", "brix", "rating"];

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered =>
        (Q, Category, Region, Grade, Certification, InSeason, MinPrice, MaxPrice)
            is not
            (null, null, null, null, null, null, null, null);

    /// <summary>The page's address, without what is default, so that one state has one address.</summary>
    public string ToUrl() => Build("/fruits", Page > 1 ? Page : null, null);

    /// <summary>Catalog's address for it.</summary>
    public string ToApi(int pageSize = PageSize) => Build("fruits", Page, pageSize);

    /// <summary>From the address bar: rubbish becomes "not set" instead of an error page.</summary>
    public static FruitSearch From(
        string? q,
        string? category,
        string? region,
        string? grade,
        bool? inSeason,
        long? minPrice,
        long? maxPrice,
        string? sort,
        int? page,
        string? certification = null
    ) =>
        new(
            Clean(q),
            Clean(category),
            Clean(region),
            Clean(grade),
            inSeason is true ? true : null,
            minPrice is > 0 ? minPrice : null,
            maxPrice is > 0 ? maxPrice : null,
            Sorts.Contains(sort) ? sort : null,
            page is > 1 and < 10_000 ? page.Value : 1,
            Clean(certification)
        );

    private string Build(string path, int? page, int? pageSize) =>
        Address.Of(
            path,
            ("q", Q),
            ("category", Category),
            ("region", Region),
            ("grade", Grade),
            ("certification", Certification),
            ("inSeason", InSeason),
            ("minPrice", MinPrice),
            ("maxPrice", MaxPrice),
            ("sort", Sort),
            ("page", page),
            ("pageSize", pageSize)
        );

    private static string? Clean(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : text.Trim() is { Length: > 100 } l ? l[..100]
        : text.Trim();
}
