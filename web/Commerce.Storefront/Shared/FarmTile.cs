using Commerce.Storefront.Text;

namespace Commerce.Storefront.Shared;

/// <summary>What a card shows of a farm, in the visitor's language.</summary>
/// <param name="Province">In Korean, as filters name it.</param>
public sealed record FarmTile(
    Guid Id,
    string Name,
    string Region,
    string Province,
    string Story,
    int FruitCount,
    double Rating
)
{
    public static FarmTile From(Contracts.Api.Farm farm) =>
        new(
            farm.Id,
            farm.DisplayName(),
            farm.DisplayRegion(),
            Provinces.Of(farm.Region),
            Format.Pick(farm.Story, farm.StoryEn),
            farm.FruitCount,
            farm.Rating
        );
}
