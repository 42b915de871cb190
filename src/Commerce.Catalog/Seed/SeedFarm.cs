using System.Reflection;
using System.Text.Json;

namespace Commerce.Catalog.Seed;

/// <summary>A farm of the demo market, one file <c>Seed/Farms/NN-name.json</c> each.</summary>
/// <param name="Number">n of <c>DemoAccounts.FarmerNumber(n)</c>, the farm's id.</param>
internal sealed record SeedFarm(
    int Number,
    string Name,
    string NameEn,
    string Region,
    string RegionEn,
    string Story,
    string StoryEn,
    IReadOnlyList<SeedFruit> Fruits
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>All farms of the seed, by number.</summary>
    public static IReadOnlyList<SeedFarm> LoadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.Contains(".Seed.Farms.", StringComparison.Ordinal))
                .Select(name =>
                {
                    using var file = assembly.GetManifestResourceStream(name)!;
                    return JsonSerializer.Deserialize<SeedFarm>(file, Json)!;
                })
                .OrderBy(farm => farm.Number),
        ];
    }
}

/// <summary>A box of the demo market. Units as in <see cref="Contracts.Api.Fruit"/>.</summary>
/// <param name="HarvestedDaysAgo">Relative to the day of the seed; negative for a harvest ahead.</param>
/// <param name="Stock">Boxes in the first lot.</param>
internal sealed record SeedFruit(
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
    int SeasonFrom,
    int SeasonTo,
    int HarvestedDaysAgo,
    int Stock,
    IReadOnlyList<string> Certifications,
    string Description,
    string DescriptionEn,
    string Storage,
    string StorageEn,
    IReadOnlyList<SeedReview>? Reviews = null
);

internal sealed record SeedReview(string Author, int Stars, string Text, int DaysAgo);
