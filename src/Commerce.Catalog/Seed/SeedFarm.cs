using System.Reflection;
using System.Text.Json;
using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;

namespace Commerce.Catalog.Seed;

/// <summary>A farm of the demo market, one file <c>Seed/Farms/NN-name.json</c> each.</summary>
/// <param name="Number">n of <c>DemoAccounts.FarmerNumber(n)</c>, the farm's id.</param>
internal sealed record SeedFarm(
    int Number,
    string Name,
    string NameEn,
    string Region,
    string RegionEn,
    string Producer,
    string ProducerEn,
    string Phone,
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
/// <param name="PickedFrom">First month of the harvest, 1–12; the season of selling may go on much longer.</param>
/// <param name="Keeps">Sold from storage outside its season too; anything else is sold out then.</param>
/// <param name="HarvestedDaysAgo">While it is being picked, relative to the day of the seed.</param>
/// <param name="Stock">Boxes of the newest lot.</param>
internal sealed record SeedFruit(
    string Name,
    string NameEn,
    string Variety,
    string VarietyEn,
    string Category,
    string Grade,
    decimal Brix,
    string BrixMethod,
    decimal WeightKg,
    int CountMin,
    int CountMax,
    long PriceKrw,
    int SeasonFrom,
    int SeasonTo,
    int PickedFrom,
    int PickedTo,
    bool Keeps,
    int HarvestedDaysAgo,
    int Stock,
    IReadOnlyList<string> Certifications,
    string Description,
    string DescriptionEn,
    string Storage,
    string StorageEn,
    IReadOnlyList<SeedReview>? Reviews = null
)
{
    /// <summary>Some days ago while it is being picked, else the last day of the harvest before.</summary>
    public DateOnly HarvestedOn(DateOnly today)
    {
        var day = today.AddDays(-HarvestedDaysAgo);
        if (Calendar.InSeason(PickedFrom, PickedTo, day.Month))
            return day;
        var end = new DateOnly(day.Year, PickedTo, DateTime.DaysInMonth(day.Year, PickedTo));
        return end <= day ? end : end.AddYears(-1);
    }

    /// <summary>Each fruit on the sorting line the day after, or a few by hand while they are picked.</summary>
    public DateOnly MeasuredOn(DateOnly today)
    {
        var harvested = HarvestedOn(today);
        return BrixMethod == BrixMethods.Nondestructive && harvested < today ? harvested.AddDays(1) : harvested;
    }

    public bool SoldIn(int month) => Keeps || Calendar.InSeason(SeasonFrom, SeasonTo, month);
}

internal sealed record SeedReview(string Author, int Stars, string Text, int DaysAgo);
