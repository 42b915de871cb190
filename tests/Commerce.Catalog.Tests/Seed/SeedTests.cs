using Commerce.Catalog.Farms;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Seed;

namespace Commerce.Catalog.Tests.Seed;

public sealed class SeedTests
{
    private static readonly IReadOnlyList<SeedFarm> Farms = SeedFarm.LoadAll();

    private static IEnumerable<SeedFruit> Fruits => Farms.SelectMany(farm => farm.Fruits);

    [Fact]
    public void The_market_is_large_enough_to_believe()
    {
        Farms.Count.ShouldBeGreaterThanOrEqualTo(15);
        Fruits.Count().ShouldBeGreaterThanOrEqualTo(60);
        Farms.Select(farm => farm.Number).ShouldBe(Enumerable.Range(1, Farms.Count));
        Farms[0].Region.ShouldBe("경북 청송");
        Farms[0].Fruits[0].Name.ShouldContain("사과 부사");
    }

    [Fact]
    public void Every_month_has_fruits_of_several_kinds_to_buy()
    {
        for (var month = 1; month <= 12; month++)
        {
            var inSeason = Fruits.Where(f => Calendar.InSeason(f.SeasonFrom, f.SeasonTo, month)).ToList();
            inSeason.Count.ShouldBeGreaterThanOrEqualTo(12, $"month {month}");
            inSeason.Select(f => f.Category).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5, $"month {month}");
        }
    }

    [Fact]
    public void A_fruit_is_in_season_whenever_it_is_picked()
    {
        foreach (var fruit in Fruits)
        {
            for (var month = 1; month <= 12; month++)
            {
                if (Calendar.InSeason(fruit.PickedFrom, fruit.PickedTo, month))
                    Calendar
                        .InSeason(fruit.SeasonFrom, fruit.SeasonTo, month)
                        .ShouldBeTrue($"{fruit.Name}, month {month}");
            }
        }
    }

    [Fact]
    public void Every_fruit_is_one_that_a_farmer_could_list()
    {
        foreach (var fruit in Fruits)
            FruitDraftRules.Problems(MarketSeed.Draft(fruit)).ShouldBeEmpty(fruit.Name);
    }

    [Fact]
    public void Regions_have_the_English_names_of_the_map()
    {
        foreach (var farm in Farms)
            Regions.English(farm.Region).ShouldBe(farm.RegionEn);
        Regions.English("경기 화성시").ShouldBe("Hwaseong, Gyeonggi");
        Regions.English("제주").ShouldBe("Jeju");
        Regions.English("어딘가").ShouldBe("어딘가");
    }

    [Theory]
    [InlineData("2026-11-21", "2026-11-15")] // being picked: some days ago
    [InlineData("2026-12-02", "2026-11-26")]
    [InlineData("2027-03-10", "2026-11-30")] // from storage: the last day of the harvest
    [InlineData("2026-10-02", "2025-11-30")] // not yet begun
    public void Boxes_were_harvested_in_the_months_of_the_harvest(string today, string harvestedOn)
    {
        var fuji = Farms[0].Fruits[0];
        fuji.HarvestedOn(DateOnly.Parse(today)).ShouldBe(DateOnly.Parse(harvestedOn));
    }

    [Fact]
    public void Every_picture_exists_and_is_small()
    {
        var folder = Path.Combine(RepositoryRoot.Path, "web/Commerce.Storefront/wwwroot/images/fruits");
        foreach (var key in Pictures.Keys)
            new FileInfo(Path.Combine(folder, $"{key}.svg")).Length.ShouldBeLessThan(6 * 1024, key);
        Directory
            .GetFiles(folder, "*.svg")
            .Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(Pictures.Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData("apple", "부사", "사과", "apple-fuji")]
    [InlineData("grape", "샤인머스캣", "포도", "grape-shine")]
    [InlineData("persimmon", "대봉 곶감", "말랭이", "persimmon-dried")]
    [InlineData("berry", "청일뽕", "장수 오디", "mulberry")]
    public void The_picture_follows_the_variety_or_the_name(string category, string variety, string name, string key)
    {
        Pictures.Url(category, variety, name).ShouldBe($"/images/fruits/{key}.svg");
    }

    [Fact]
    public void Every_category_has_a_picture_and_a_name()
    {
        foreach (var category in Categories.All)
        {
            Pictures.Url(category, "", "").ShouldEndWith(".svg");
            Categories.English(category).ShouldNotBe(category);
        }
    }
}
