using Commerce.Contracts.Api;

namespace Commerce.Storefront.FarmDesk;

/// <summary>A listing as it is being typed. Units as in <see cref="FruitDraft"/>; what is wrong with it, Catalog says.</summary>
public sealed class FruitForm
{
    public string Name { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string Variety { get; set; } = "";
    public string VarietyEn { get; set; } = "";
    public string Category { get; set; } = "apple";
    public string Grade { get; set; } = "특";
    public decimal? Brix { get; set; }
    public string BrixMethod { get; set; } = BrixMethods.Refractometer;
    public decimal? WeightKg { get; set; }
    public decimal? CountMin { get; set; }
    public decimal? CountMax { get; set; }
    public decimal? PriceKrw { get; set; }
    public decimal? SeasonFrom { get; set; } = 9;
    public decimal? SeasonTo { get; set; } = 11;

    /// <summary>Separated by commas.</summary>
    public string Certifications { get; set; } = "";
    public string Description { get; set; } = "";
    public string DescriptionEn { get; set; } = "";
    public string Storage { get; set; } = "";
    public string StorageEn { get; set; } = "";
    public bool ForSale { get; set; } = true;

    public static FruitForm From(Fruit fruit) =>
        new()
        {
            Name = fruit.Name,
            NameEn = fruit.NameEn,
            Variety = fruit.Variety,
            VarietyEn = fruit.VarietyEn,
            Category = fruit.Category,
            Grade = fruit.Grade,
            Brix = fruit.Brix,
            BrixMethod = fruit.BrixMethod,
            WeightKg = fruit.WeightKg,
            CountMin = fruit.CountMin,
            CountMax = fruit.CountMax,
            PriceKrw = fruit.PriceKrw,
            SeasonFrom = fruit.SeasonFrom,
            SeasonTo = fruit.SeasonTo,
            Certifications = string.Join(", ", fruit.Certifications),
            Description = fruit.Description,
            DescriptionEn = fruit.DescriptionEn,
            Storage = fruit.Storage,
            StorageEn = fruit.StorageEn,
            ForSale = fruit.ForSale,
        };

    /// <summary>What is empty or no whole number becomes 0, which no rule takes.</summary>
    public FruitDraft ToDraft() =>
        new(
            Name.Trim(),
            Variety.Trim(),
            Category,
            Grade,
            Brix ?? 0,
            WeightKg ?? 0,
            Whole(CountMin),
            Whole(CountMax),
            Whole(PriceKrw),
            Whole(SeasonFrom),
            Whole(SeasonTo),
            NullIfEmpty(NameEn),
            NullIfEmpty(VarietyEn),
            Certifications.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            NullIfEmpty(Description),
            NullIfEmpty(DescriptionEn),
            NullIfEmpty(Storage),
            NullIfEmpty(StorageEn),
            ForSale,
            BrixMethod
        );

    private static int Whole(decimal? value) =>
        value is { } v && v == decimal.Truncate(v) && Math.Abs(v) <= int.MaxValue ? (int)v : 0;

    private static string? NullIfEmpty(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
