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
    IReadOnlyList<string> Certified,
    DateOnly HarvestedOn,
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
            [.. fruit.Certifications.Select(Certification.Kind).OfType<string>().Distinct(StringComparer.Ordinal)],
            fruit.HarvestedOn,
            fruit.Farm.DisplayName(),
            fruit.Farm.DisplayRegion(),
            fruit.ImageUrl,
            fruit.Rating,
            fruit.ReviewCount,
            fruit.InSeason
        );

    public static IReadOnlyList<FruitTile> From(IEnumerable<Fruit> fruits) => [.. fruits.Select(From)];
}
