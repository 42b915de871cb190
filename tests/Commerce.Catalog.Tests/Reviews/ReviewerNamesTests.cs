using Commerce.Catalog.Reviews;

namespace Commerce.Catalog.Tests.Reviews;

public sealed class ReviewerNamesTests
{
    [Theory]
    [InlineData("김민수", "김*수")]
    [InlineData("남궁민수", "남**수")]
    [InlineData("이산", "이*")]
    [InlineData("김", "김")]
    [InlineData("Jane Doe", "Jane D.")]
    [InlineData("  ", "구매자")]
    public void A_review_does_not_show_the_whole_name(string name, string shown)
    {
        ReviewerNames.Shown(name).ShouldBe(shown);
    }
}
