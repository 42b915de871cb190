using System.Net;
using System.Text;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Seed;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Catalog.Tests.Fruits;

[Collection(CatalogCollection.Name)]
public sealed class SearchTests(CatalogFixture catalog)
{
    [Theory]
    [InlineData("샤인", "샤인머스캣")]
    [InlineData("인머", "샤인머스캣")]
    [InlineData("SHINE muscat", "샤인머스캣")]
    [InlineData("포도 거봉", "거봉")]
    [InlineData("boeun dried", "복조")]
    public async Task A_part_of_a_word_finds_it_in_Korean_and_English(string q, string variety)
    {
        var page = await catalog.SearchAsync($"q={Uri.EscapeDataString(q)}");

        page.Total.ShouldBeGreaterThan(0);
        page.Items.ShouldAllBe(fruit => fruit.Variety == variety);
    }

    [Fact]
    public async Task Every_word_must_match_somewhere()
    {
        var page = await catalog.SearchAsync("q=" + Uri.EscapeDataString("사과  부사 청송") + "&sort=-price");
        page.Items.Count(fruit => fruit.Name.StartsWith("청송", StringComparison.Ordinal)).ShouldBe(2);
        page.Items.ShouldAllBe(fruit => fruit.Variety == "부사" && fruit.Farm.Region == "경북 청송");

        (await catalog.SearchAsync("q=" + Uri.EscapeDataString("사과 부사 제주"))).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_word_of_one_letter_is_searched_too()
    {
        var page = await catalog.SearchAsync("q=" + Uri.EscapeDataString("배 나주"));

        page.Total.ShouldBe(4);
        page.Items.ShouldAllBe(fruit => fruit.Category == "pear");
    }

    [Fact]
    public async Task Korean_typed_as_separate_letters_is_found()
    {
        var decomposed = "한라봉".Normalize(NormalizationForm.FormD);
        (await catalog.SearchAsync("q=" + Uri.EscapeDataString(decomposed))).Total.ShouldBe(1);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("사_")]
    [InlineData("%배%")]
    [InlineData("사과' or 1=1 --")]
    [InlineData("없는과일")]
    public async Task Nothing_is_special_in_a_search(string q)
    {
        (await catalog.SearchAsync("q=" + Uri.EscapeDataString(q))).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_facet_counts_without_its_own_filter()
    {
        var all = await catalog.SearchAsync("");
        var apples = await catalog.SearchAsync("category=apple&grade=" + Uri.EscapeDataString("특"));

        apples.Items.ShouldAllBe(fruit => fruit.Category == "apple" && fruit.Grade == "특");
        apples.Facets.Categories.Count.ShouldBeGreaterThan(10);
        apples.Facets.Categories.Single(c => c.Value == "apple").Count.ShouldBe(apples.Total);
        apples.Facets.Grades.Single(g => g.Value == "특").Count.ShouldBe(apples.Total);
        apples.Facets.Grades.Select(g => g.LabelEn).ShouldBe(["Choice", "Premium", "Standard"], ignoreOrder: true);
        apples.Facets.Regions.Sum(region => region.Count).ShouldBe(apples.Total);
        apples.Facets.Regions.ShouldContain(r => r.Value == "경북 청송" && r.LabelEn == "Cheongsong, Gyeongbuk");
        all.Facets.Categories.Sum(c => c.Count).ShouldBe(all.Total);
    }

    [Fact]
    public async Task Certification_season_and_price_have_facets_too()
    {
        var organic = await catalog.SearchAsync("pageSize=60&certification=" + Uri.EscapeDataString("유기농"));
        organic.Total.ShouldBeInRange(1, 59);
        organic.Items.ShouldAllBe(fruit => fruit.Certifications.Contains("유기농"));
        organic.Facets.Certifications!.ShouldContain(c => c.Value == "유기농" && c.Count == organic.Total);
        organic.Facets.Certifications!.Count.ShouldBeGreaterThan(2);
        organic.Facets.InSeason.ShouldBe(organic.Items.Count(fruit => fruit.InSeason));

        var strawberries = await catalog.SearchAsync("category=strawberry&maxPrice=20000&pageSize=60");
        var every = await catalog.SearchAsync("category=strawberry&pageSize=60");
        every.Total.ShouldBeGreaterThan(strawberries.Total);
        strawberries.Facets.MinPrice.ShouldBe(every.Items.Min(fruit => fruit.PriceKrw));
        strawberries.Facets.MaxPrice.ShouldBe(every.Items.Max(fruit => fruit.PriceKrw));
        (await catalog.SearchAsync("category=none")).Facets.MinPrice.ShouldBeNull();
    }

    [Theory]
    [InlineData("감", "persimmon")]
    [InlineData("배", "pear")]
    [InlineData("대추", "jujube")]
    public async Task What_is_called_so_stands_before_what_only_holds_the_letters(string q, string category)
    {
        var page = await catalog.SearchAsync("pageSize=60&q=" + Uri.EscapeDataString(q));
        var so = page.Items.TakeWhile(fruit => fruit.Category == category).Count();
        so.ShouldBe(page.Items.Count(fruit => fruit.Category == category));
        so.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_province_stands_for_its_counties()
    {
        var province = await catalog.SearchAsync("pageSize=60&region=" + Uri.EscapeDataString("경북"));
        province.Items.Select(f => f.Farm.Region).Distinct().Count().ShouldBeGreaterThan(4);
        province.Items.ShouldAllBe(fruit => fruit.Farm.Region.StartsWith("경북 ", StringComparison.Ordinal));

        var county = await catalog.SearchAsync("region=" + Uri.EscapeDataString("경북 상주"));
        county.Items.ShouldAllBe(fruit => fruit.Farm.Region == "경북 상주");
    }

    [Fact]
    public async Task In_season_splits_the_market_in_two()
    {
        var all = await catalog.SearchAsync("");
        var inSeason = await catalog.SearchAsync("inSeason=true&pageSize=60");
        var others = await catalog.SearchAsync("inSeason=false&pageSize=60");

        inSeason.Items.ShouldAllBe(fruit => fruit.InSeason);
        others.Items.ShouldAllBe(fruit => !fruit.InSeason);
        (inSeason.Total + others.Total).ShouldBe(all.Total);
        inSeason.Items.Count(fruit => fruit.Available > 0).ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Prices_are_bounds_that_belong_to_the_range()
    {
        var page = await catalog.SearchAsync("minPrice=24900&maxPrice=29900&pageSize=60");

        page.Items.ShouldAllBe(fruit => fruit.PriceKrw >= 24_900 && fruit.PriceKrw <= 29_900);
        page.Items.ShouldContain(fruit => fruit.PriceKrw == 24_900);
        page.Items.ShouldContain(fruit => fruit.PriceKrw == 29_900);
    }

    [Fact]
    public async Task Each_order_sorts_by_what_it_says()
    {
        (await Sorted("price")).Select(f => f.PriceKrw).ShouldBeInOrder(SortDirection.Ascending);
        (await Sorted("-price")).Select(f => f.PriceKrw).ShouldBeInOrder(SortDirection.Descending);
        (await Sorted("brix")).Select(f => f.Brix).ShouldBeInOrder(SortDirection.Descending);
        (await Sorted("rating")).Select(f => f.Rating).ShouldBeInOrder(SortDirection.Descending);
        var recommended = await Sorted("recommended");
        recommended.Select(f => f.Available > 0 ? 0 : 1).ShouldBeInOrder(SortDirection.Ascending);

        async Task<IReadOnlyList<Fruit>> Sorted(string sort) =>
            (await catalog.SearchAsync($"pageSize=60&sort={sort}")).Items;
    }

    [Fact]
    public async Task Pages_together_are_the_whole()
    {
        // Only seeded fruits: other tests add their own meanwhile.
        var farm = $"farm={DemoAccounts.FarmerNumber(21)}&pageSize=3";
        var first = await catalog.SearchAsync($"{farm}&page=1");
        var second = await catalog.SearchAsync($"{farm}&page=2");
        var third = await catalog.SearchAsync($"{farm}&page=3");
        var beyond = await catalog.SearchAsync($"{farm}&page=4");

        first.Total.ShouldBe(7);
        Guid[] seen = [.. first.Items.Concat(second.Items).Concat(third.Items).Select(fruit => fruit.Id)];
        seen.ShouldBe(Enumerable.Range(1, 7).Select(i => MarketSeed.FruitId(21, i)), ignoreOrder: true);
        beyond.Items.ShouldBeEmpty();
        beyond.Total.ShouldBe(7);
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=abc", "page")]
    [InlineData("pageSize=61", "pageSize")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("sort=best", "sort")]
    [InlineData("minPrice=-1", "minPrice")]
    [InlineData("minPrice=2&maxPrice=1", "maxPrice")]
    [InlineData("inSeason=maybe", "inSeason")]
    public async Task A_bad_parameter_is_named(string query, string field)
    {
        var answer = await catalog.Guest.GetAsync($"/fruits?{query}");
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_fruit_has_all_that_the_shop_shows()
    {
        var fruit = await catalog.FruitAsync(MarketSeed.FruitId(1, 1));

        fruit.Name.ShouldBe("청송 꿀사과 부사");
        fruit.Farm.Id.ShouldBe(DemoAccounts.FarmerId);
        fruit.Farm.RegionEn.ShouldBe("Cheongsong, Gyeongbuk");
        fruit.ImageUrl.ShouldBe("/images/fruits/apple-fuji.svg");
        fruit.Certifications.ShouldBe(["GAP", "저탄소"]);
        fruit.WeightKg.ToString().ShouldBe("5");
        fruit.Rating.ShouldBe(4.8);
        fruit.ReviewCount.ShouldBe(4);
        fruit.HarvestedOn.ShouldBeLessThan(Calendar.Today(DateTimeOffset.UtcNow).AddDays(1));
        fruit.ShipsBy.ShouldBeGreaterThanOrEqualTo(Calendar.Today(DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task An_unknown_fruit_or_farm_is_not_found()
    {
        foreach (var path in new[] { "/fruits/{0}", "/fruits/{0}/reviews", "/farms/{0}" })
        {
            var answer = await catalog.Guest.GetAsync(string.Format(path, Guid.CreateVersion7()));
            await answer.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Farms_show_their_story_and_how_much_they_sell()
    {
        var farms = await catalog.GetAsync<IReadOnlyList<Farm>>("/farms");
        var jeju = await catalog.GetAsync<Farm>($"/farms/{DemoAccounts.FarmerNumber(21)}");

        farms.Count.ShouldBeGreaterThanOrEqualTo(15);
        farms.ShouldContain(jeju);
        jeju.Region.ShouldBe("제주 서귀포");
        jeju.Story.ShouldNotBeEmpty();
        jeju.FruitCount.ShouldBe(7);
        jeju.Rating.ShouldBeInRange(4, 5);
    }
}
