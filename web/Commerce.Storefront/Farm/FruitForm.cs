using Commerce.Contracts.Api;

namespace Commerce.Storefront.FarmPages;

/// <summary>A listing as it is being typed, with Catalog's rules told before anything is sent. Units as in <see cref="FruitDraft"/>.</summary>
public sealed class FruitForm
{
    public string Name { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string Variety { get; set; } = "";
    public string VarietyEn { get; set; } = "";
    public string Category { get; set; } = "apple";
    public string Grade { get; set; } = "특";
    public decimal? Brix { get; set; }
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

    /// <summary>Field name (as in the request) → text key of what is wrong with it.</summary>
    public Dictionary<string, string> Check()
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        Require("name", !string.IsNullOrWhiteSpace(Name), "desk.error.required");
        Require("variety", !string.IsNullOrWhiteSpace(Variety), "desk.error.required");
        Require("brix", Brix is >= 1 and <= 40, "desk.error.brix");
        Require("weightKg", WeightKg is >= 0.1m and <= 100, "desk.error.weight");
        Require("countMin", IsWhole(CountMin, 1, 1000), "desk.error.count");
        Require("countMax", IsWhole(CountMax, 1, 1000) && CountMax >= (CountMin ?? 0), "desk.error.countMax");
        Require("priceKrw", IsWhole(PriceKrw, 100, 10_000_000), "desk.error.price");
        Require("seasonFrom", IsWhole(SeasonFrom, 1, 12), "desk.error.month");
        Require("seasonTo", IsWhole(SeasonTo, 1, 12), "desk.error.month");
        Require("certifications", Split(Certifications).Count <= 8, "desk.error.certifications");
        return errors;

        void Require(string field, bool holds, string error)
        {
            if (!holds)
            {
                errors[field] = error;
            }
        }
    }

    /// <summary>Only after <see cref="Check"/> found nothing.</summary>
    public FruitDraft ToDraft() =>
        new(
            Name.Trim(),
            Variety.Trim(),
            Category,
            Grade,
            Brix!.Value,
            WeightKg!.Value,
            (int)CountMin!.Value,
            (int)CountMax!.Value,
            (long)PriceKrw!.Value,
            (int)SeasonFrom!.Value,
            (int)SeasonTo!.Value,
            NullIfEmpty(NameEn),
            NullIfEmpty(VarietyEn),
            Split(Certifications),
            NullIfEmpty(Description),
            NullIfEmpty(DescriptionEn),
            NullIfEmpty(Storage),
            NullIfEmpty(StorageEn),
            ForSale
        );

    private static bool IsWhole(decimal? value, long min, long max) =>
        value is { } v && v == decimal.Truncate(v) && v >= min && v <= max;

    private static List<string> Split(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static string? NullIfEmpty(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
