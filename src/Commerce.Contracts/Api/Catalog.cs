namespace Commerce.Contracts.Api;

/// <summary>A fruit as it is sold: one box. Names in Korean with English beside them.</summary>
/// <param name="Category"><c>apple pear citrus grape peach plum persimmon strawberry berry melon watermelon kiwi jujube</c> …</param>
/// <param name="Grade"><c>특</c>, <c>상</c> or <c>보통</c>, the official words.</param>
/// <param name="Brix">Sugar content in °Brix.</param>
/// <param name="WeightKg">Net weight of the box in kg.</param>
/// <param name="CountMin">Least number of fruits in the box.</param>
/// <param name="PriceKrw">Whole KRW per box.</param>
/// <param name="Available">Boxes that can still be ordered.</param>
/// <param name="SeasonFrom">First month of the season, 1–12; the season may run over the year's end.</param>
/// <param name="Rating">Mean of 1–5 stars; 0 without reviews.</param>
/// <param name="BrixMethod">A <see cref="BrixMethods"/> value.</param>
/// <param name="BrixMeasuredOn">Day on which the sugar content was measured.</param>
public sealed record Fruit(
    Guid Id,
    string Name,
    string NameEn,
    string Variety,
    string VarietyEn,
    string Category,
    string Grade,
    decimal Brix,
    decimal WeightKg,
    int CountMin,
    int CountMax,
    long PriceKrw,
    int Available,
    DateOnly HarvestedOn,
    DateOnly ShipsBy,
    IReadOnlyList<string> Certifications,
    FarmSummary Farm,
    string ImageUrl,
    double Rating,
    int ReviewCount,
    int SeasonFrom,
    int SeasonTo,
    bool InSeason,
    bool ForSale,
    string Description,
    string DescriptionEn,
    string Storage,
    string StorageEn,
    string BrixMethod = BrixMethods.Refractometer,
    DateOnly? BrixMeasuredOn = null
);

/// <summary>How the sugar content of a fruit was measured.</summary>
public static class BrixMethods
{
    /// <summary>Light through every single fruit, on the sorting line.</summary>
    public const string Nondestructive = "nondestructive";

    /// <summary>Juice of a few fruits of the harvest, by hand.</summary>
    public const string Refractometer = "refractometer";

    public static IReadOnlyList<string> All { get; } = [Nondestructive, Refractometer];
}

/// <summary>The farm as a fruit shows it.</summary>
/// <param name="Producer">Who answers for the farm; empty when it is not known.</param>
/// <param name="Phone">Number for consumers, published with every fruit; empty when the farm has none.</param>
public sealed record FarmSummary(
    Guid Id,
    string Name,
    string NameEn,
    string Region,
    string RegionEn,
    string Producer = "",
    string ProducerEn = "",
    string Phone = ""
);

/// <summary>GET /fruits.</summary>
/// <param name="TotalIsAtLeast">There are more than <paramref name="Total"/>; the facets, too, count only as many.</param>
/// <param name="SearchedFor">The words that were searched for instead, when nothing has the ones that were typed.</param>
/// <param name="Suggestions">Words of the market that resemble the search; only when nothing was found.</param>
public sealed record FruitPage(
    IReadOnlyList<Fruit> Items,
    int Total,
    int Page,
    int PageSize,
    FruitFacets Facets,
    string? SearchedFor = null,
    IReadOnlyList<string>? Suggestions = null,
    bool TotalIsAtLeast = false
);

/// <summary>Counts over the search without its own filter: one list per facet.</summary>
/// <param name="InSeason">How many are in season.</param>
/// <param name="MinPrice">Lowest price in KRW, whatever the price filter says; null when there is nothing.</param>
public sealed record FruitFacets(
    IReadOnlyList<FacetCount> Categories,
    IReadOnlyList<FacetCount> Regions,
    IReadOnlyList<FacetCount> Grades,
    IReadOnlyList<FacetCount>? Certifications = null,
    int InSeason = 0,
    long? MinPrice = null,
    long? MaxPrice = null
);

/// <summary>One value of a facet and how many fruits have it.</summary>
public sealed record FacetCount(string Value, string LabelEn, int Count);

/// <summary>
/// POST /fruits and PUT /fruits/{id} (farmer, own farm). Same units as <see cref="Fruit"/>. English texts that are left out
/// are the Korean ones.
/// </summary>
/// <param name="BrixMethod">A <see cref="BrixMethods"/> value; left out: as it was, by refractometer for a new fruit.</param>
public sealed record FruitDraft(
    string Name,
    string Variety,
    string Category,
    string Grade,
    decimal Brix,
    decimal WeightKg,
    int CountMin,
    int CountMax,
    long PriceKrw,
    int SeasonFrom,
    int SeasonTo,
    string? NameEn = null,
    string? VarietyEn = null,
    IReadOnlyList<string>? Certifications = null,
    string? Description = null,
    string? DescriptionEn = null,
    string? Storage = null,
    string? StorageEn = null,
    bool ForSale = true,
    string? BrixMethod = null
);

/// <summary>Answer of POST /fruits (201).</summary>
public sealed record FruitCreated(Guid Id);

/// <summary>POST /fruits/{id}/lots: boxes of one harvest.</summary>
/// <param name="BrixMethod">A <see cref="BrixMethods"/> value; left out: the fruit's.</param>
/// <param name="MeasuredOn">Day of the measurement; left out: that of the harvest, or today when it is yet to come.</param>
public sealed record NewLot(
    DateOnly HarvestedOn,
    decimal Brix,
    int Quantity,
    string? BrixMethod = null,
    DateOnly? MeasuredOn = null
);

/// <summary>A harvest lot; quantities in boxes.</summary>
public sealed record Lot(
    Guid Id,
    DateOnly HarvestedOn,
    decimal Brix,
    int Quantity,
    DateTimeOffset CreatedAt,
    string BrixMethod = BrixMethods.Refractometer,
    DateOnly? MeasuredOn = null
);

/// <summary>POST /fruits/{id}/stock: a change by hand (breakage, found boxes).</summary>
public sealed record StockChange(int Delta, string Reason);

/// <summary>Answer of lots and stock: what can be ordered now, in boxes.</summary>
public sealed record StockLevel(Guid FruitId, int Available);

/// <summary>One line of a fruit's stock history (GET /fruits/{id}/stock, farmer, own).</summary>
public sealed record StockMovement(DateTimeOffset At, int Delta, string Reason);

/// <summary>GET /farms, GET /farms/{id}.</summary>
public sealed record Farm(
    Guid Id,
    string Name,
    string NameEn,
    string Region,
    string RegionEn,
    string Story,
    string StoryEn,
    int FruitCount,
    double Rating,
    string Producer = "",
    string ProducerEn = "",
    string Phone = ""
);

/// <summary>
/// GET /wishes (signed in): a fruit that the account wants to hear of when it can be ordered again. PUT and DELETE
/// /fruits/{id}/wish make it and take it back.
/// </summary>
/// <param name="Available">Boxes that can be ordered now: above 0, the wish has come true.</param>
public sealed record Wish(
    Guid FruitId,
    string Name,
    string NameEn,
    string ImageUrl,
    int Available,
    DateTimeOffset WishedAt
);

/// <summary>GET /fruits/{id}/reviews: a page, and the chart above it.</summary>
/// <param name="Stars">How many reviews gave 1, 2, … 5 stars.</param>
public sealed record ReviewPage(
    IReadOnlyList<Review> Items,
    int Total,
    int Page,
    int PageSize,
    IReadOnlyList<int> Stars
);

/// <summary>A review in <see cref="ReviewPage"/>. <paramref name="Author"/> is <c>구매자</c> while the name is not known.</summary>
public sealed record Review(Guid Id, string Author, int Stars, string Text, DateTimeOffset At);

/// <summary>POST and PUT /fruits/{id}/reviews: 1–5 stars, text up to 1,000 characters.</summary>
public sealed record NewReview(int Stars, string Text);

/// <summary>GET /reviews/own: what the account wrote about a fruit.</summary>
public sealed record OwnReview(Guid FruitId, int Stars, string Text, DateTimeOffset At);

/// <summary>A page of anything that is listed by pages.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);
