using Commerce.Storefront.Text;

namespace Commerce.Storefront.Shared;

/// <summary>What a card shows of a farm, in the visitor's language.</summary>
public sealed record FarmTile(Guid Id, string Name, string Region, string Story, int FruitCount, double Rating)
{
    public static FarmTile From(Contracts.Api.Farm farm) =>
        new(
            farm.Id,
            farm.DisplayName(),
            farm.DisplayRegion(),
            Format.Pick(farm.Story, farm.StoryEn),
            farm.FruitCount,
            farm.Rating
        );
}
