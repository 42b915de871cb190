using Commerce.Catalog.Fruits;

namespace Commerce.Catalog.Tests.Fruits;

public sealed class SpellCorrectionTests
{
    [Theory]
    [InlineData("shine", "shine", 0)]
    [InlineData("shne", "shine", 1)] // one missing
    [InlineData("shinee", "shine", 1)] // one too many
    [InlineData("shune", "shine", 1)] // another
    [InlineData("hsine", "shine", 1)] // two swapped
    [InlineData("shi", "shine", 0.25)] // only begun
    [InlineData("hin", "shine", 0.5)] // from its middle
    [InlineData("xhin", "shine", 1.25)] // begun with a slip
    [InlineData("", "shine", 0.25)]
    [InlineData("apple", "kiwi", 5)]
    public void Slips_are_counted_to_the_nearest_part(string typed, string word, double slips) =>
        SpellCorrection.Distance(typed, word).ShouldBe(slips);

    [Fact]
    public void A_longer_word_may_have_more_slips()
    {
        int[] slips = [.. Enumerable.Range(1, 12).Select(Forgiven)];
        slips.ShouldBe([-1, -1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]);

        static int Forgiven(int keys) =>
            Enumerable.Range(0, 9).TakeWhile(slips => SpellCorrection.IsMeant(new string('a', keys), slips)).Count()
            - 1;
    }
}
