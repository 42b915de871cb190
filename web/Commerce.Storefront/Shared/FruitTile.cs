using Commerce.Contracts.Api;
using Commerce.Storefront.Text;

namespace Commerce.Storefront.Shared;

/// <summary>
/// What a card shows of a fruit, in the visitor's language. A third of the whole record: pages hand 24 of them from
/// prerendering to the circuit.
/// </summary>
public sealed record FruitTile(
    Guid Id,
    string Name,
    string Category,
    string Grade,
    decimal Brix,
    decimal WeightKg,
    int CountMin,
    int CountMax,
    long PriceKrw,
    int Available,
    bool Gap,
    bool Organic,
    string FarmName,
    string Region,
    string ImageUrl,
    double Rating,
    int ReviewCount,
    bool InSeason
)
{
    public static FruitTile From(Fruit fruit) =>
        new(
            fruit.Id,
            fruit.DisplayName(),
            fruit.Category,
            fruit.Grade,
            fruit.Brix,
            fruit.WeightKg,
            fruit.CountMin,
            fruit.CountMax,
            fruit.PriceKrw,
            fruit.Available,
            fruit.Certifications.Any(Certification.IsGap),
            fruit.Certifications.Any(Certification.IsOrganic),
            fruit.Farm.DisplayName(),
            fruit.Farm.DisplayRegion(),
            fruit.ImageUrl,
            fruit.Rating,
            fruit.ReviewCount,
            fruit.InSeason
        );

    public static IReadOnlyList<FruitTile> From(IEnumerable<Fruit> fruits) => [.. fruits.Select(From)];
}

/// <summary>The official certifications, which Catalog hands on as farmers write them.</summary>
internal static class Certification
{
    public static bool IsGap(string certification) => certification.Contains("GAP", StringComparison.OrdinalIgnoreCase);

    public static bool IsOrganic(string certification) =>
        certification.Contains("유기농", StringComparison.Ordinal)
        || certification.Contains("organic", StringComparison.OrdinalIgnoreCase);
}
