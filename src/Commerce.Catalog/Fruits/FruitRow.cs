using Commerce.Contracts.Api;

namespace Commerce.Catalog.Fruits;

/// <summary>A fruit as it is read everywhere, with its farm and its stock.</summary>
internal class FruitRow
{
    /// <summary>Columns for <c>from</c> <see cref="From"/>.</summary>
    public const string Columns = """
        f.id, f.name, f.name_en, f.variety, f.variety_en, f.category, f.grade, f.brix, f.weight_kg, f.count_min, f.count_max,
        f.price_krw, s.available, f.harvested_on, f.certifications, f.farm_id, farm.name as farm_name,
        farm.name_en as farm_name_en, farm.region, farm.region_en, f.image_url, f.rating_sum, f.review_count, f.season_from,
        f.season_to, f.for_sale, f.description, f.description_en, f.storage, f.storage_en,
        f.brix_method, f.brix_measured_on, farm.producer, farm.producer_en, farm.phone
        """;

    public const string From = "fruits f join farms farm on farm.id = f.farm_id join stock s on s.fruit_id = f.id";

    /// <summary>Can be had, is in season, is liked; in the order of an index.</summary>
    public const string Recommended = "f.in_stock desc, f.in_season desc, f.liked desc, f.id";

    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string Variety { get; init; } = "";
    public string VarietyEn { get; init; } = "";
    public string Category { get; init; } = "";
    public string Grade { get; init; } = "";
    public decimal Brix { get; init; }
    public decimal WeightKg { get; init; }
    public int CountMin { get; init; }
    public int CountMax { get; init; }
    public long PriceKrw { get; init; }
    public int Available { get; init; }
    public DateOnly HarvestedOn { get; init; }
    public string[] Certifications { get; init; } = [];
    public Guid FarmId { get; init; }
    public string FarmName { get; init; } = "";
    public string FarmNameEn { get; init; } = "";
    public string Region { get; init; } = "";
    public string RegionEn { get; init; } = "";
    public string ImageUrl { get; init; } = "";
    public long RatingSum { get; init; }
    public int ReviewCount { get; init; }
    public int SeasonFrom { get; init; }
    public int SeasonTo { get; init; }
    public bool ForSale { get; init; }
    public string Description { get; init; } = "";
    public string DescriptionEn { get; init; } = "";
    public string Storage { get; init; } = "";
    public string StorageEn { get; init; } = "";
    public string BrixMethod { get; init; } = "";
    public DateOnly BrixMeasuredOn { get; init; }
    public string Producer { get; init; } = "";
    public string ProducerEn { get; init; } = "";
    public string Phone { get; init; } = "";

    public Fruit ToFruit(DateTimeOffset now) =>
        new(
            Id,
            Name,
            NameEn,
            Variety,
            VarietyEn,
            Category,
            Grade,
            Brix,
            // Without the zeros of numeric(6, 2): 5, not 5.00.
            WeightKg / 1.000000000000000000000000000m,
            CountMin,
            CountMax,
            PriceKrw,
            Available,
            HarvestedOn,
            Calendar.ShipsBy(now, HarvestedOn),
            Certifications,
            new FarmSummary(FarmId, FarmName, FarmNameEn, Region, RegionEn, Producer, ProducerEn, Phone),
            ImageUrl,
            ReviewCount == 0 ? 0 : Math.Round((double)RatingSum / ReviewCount, 1),
            ReviewCount,
            SeasonFrom,
            SeasonTo,
            Calendar.InSeason(SeasonFrom, SeasonTo, Calendar.Today(now).Month),
            ForSale,
            Description,
            DescriptionEn,
            Storage,
            StorageEn,
            BrixMethod,
            BrixMeasuredOn
        );
}
