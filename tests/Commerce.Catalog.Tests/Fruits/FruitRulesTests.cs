using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;

namespace Commerce.Catalog.Tests.Fruits;

public sealed class FruitRulesTests
{
    private static readonly FruitDraft Apples = CatalogFixture.Draft();

    [Fact]
    public void Every_category_has_a_norm() =>
        Categories.All.ShouldAllBe(category => FruitNorms.Of(category, "", "") != null);

    [Theory]
    [InlineData("apple", "부사", 110, false)]
    [InlineData("apple", "부사", 180, false)]
    [InlineData("apple", "부사", 109, true)]
    [InlineData("apple", "부사", 181, true)]
    [InlineData("grape", "샤인머스캣", 155, true)]
    [InlineData("grape", "샤인 머스캣", 155, true)]
    [InlineData("grape", "캠벨얼리", 155, false)]
    [InlineData("persimmon", "둥시 곶감", 400, false)]
    [InlineData("persimmon", "부유", 400, true)]
    public void Sugar_has_to_be_plausible_for_the_kind(string category, string variety, int tenths, bool refused)
    {
        var norm = FruitNorms.Of(category, variety, "").ShouldNotBeNull();
        var draft = Apples with { Category = category, Variety = variety, Name = "상품", Brix = tenths / 10m };

        var problem = FruitDraftRules.Problems(draft).Find(found => found.Field == "brix");
        problem.ShouldBe(refused ? new("brix", FruitRules.Implausible, norm.BrixMin, norm.BrixMax) : null);
    }

    [Fact]
    public void The_number_of_fruits_has_to_fit_the_weight()
    {
        Found(Apples with { CountMin = 3, CountMax = 4 })
            .ShouldBe([new("countMin", FruitRules.TooFewForWeight, Min: 9)]);
        Found(Apples with { CountMin = 50, CountMax = 51 })
            .ShouldBe([new("countMax", FruitRules.TooManyForWeight, Max: 50)]);
        Found(Apples with { CountMin = 9, CountMax = 50 }).ShouldBeEmpty();
    }

    [Fact]
    public void A_price_with_a_digit_too_many_or_too_few_is_noticed()
    {
        Found(Apples with { PriceKrw = 2_499 }).ShouldBe([new("priceKrw", FruitRules.Implausible, 2_500, 1_500_000)]);
        Found(Apples with { PriceKrw = 2_500 }).ShouldBeEmpty();
        Found(Apples with { PriceKrw = 1_500_001 }).Single().Rule.ShouldBe(FruitRules.Implausible);
        Found(Apples with { PriceKrw = 99 }).ShouldBe([new("priceKrw", FruitRules.Range, 100, 10_000_000)]);
    }

    [Fact]
    public void Only_the_official_words_of_grade_are_taken()
    {
        foreach (var grade in new[] { "특", "상", "보통" })
            Found(Apples with { Grade = grade }).ShouldBeEmpty();
        foreach (var grade in new[] { "최상", "특상", "Premium", "A" })
            Found(Apples with { Grade = grade }).ShouldBe([new("grade", FruitRules.Unknown)]);
        Found(Apples with { Grade = "" }).ShouldBe([new("grade", FruitRules.Required)]);
    }

    [Fact]
    public void More_decimals_than_are_kept_are_refused_not_rounded()
    {
        Found(Apples with { Brix = 14.55m }).ShouldBe([new("brix", FruitRules.Decimals, Max: 1)]);
        Found(Apples with { WeightKg = 5.005m }).ShouldBe([new("weightKg", FruitRules.Decimals, Max: 2)]);
    }

    private static List<FruitProblem> Found(FruitDraft draft) => FruitDraftRules.Problems(draft);
}
