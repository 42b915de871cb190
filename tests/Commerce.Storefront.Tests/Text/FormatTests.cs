using Commerce.Storefront.Text;
using static Commerce.Storefront.Tests.Text.TextsTests;

namespace Commerce.Storefront.Tests.Text;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0, "0원", "₩0")]
    [InlineData(12_000, "12,000원", "₩12,000")]
    [InlineData(1_234_567, "1,234,567원", "₩1,234,567")]
    [InlineData(-3_000, "-3,000원", "-₩3,000")]
    [InlineData(long.MaxValue, "9,223,372,036,854,775,807원", "₩9,223,372,036,854,775,807")]
    public void Money_is_written_as_the_language_writes_it(long krw, string korean, string english)
    {
        In("ko-KR", () => Format.Won(krw)).ShouldBe(korean);
        In("en-US", () => Format.Won(krw)).ShouldBe(english);
    }

    [Fact]
    public void Days_carry_their_weekday()
    {
        var day = new DateOnly(2026, 11, 21);

        In("ko-KR", () => Format.Day(day)).ShouldBe("11월 21일 (토)");
        In("en-US", () => Format.Day(day)).ShouldBe("Sat, Nov 21");
    }

    [Fact]
    public void Moments_are_told_in_Seoul()
    {
        // 15:30 in London is half past midnight of the next day in Seoul.
        var at = new DateTimeOffset(2026, 12, 31, 15, 30, 0, TimeSpan.Zero);

        In("ko-KR", () => Format.Moment(at)).ShouldBe("2027. 1. 1. 오전 12:30");
        In("en-US", () => Format.Moment(at)).ShouldBe("Jan 1, 2027, 12:30 AM");
        Format.Clock(at).ShouldBe("00:30:00");
    }

    [Theory]
    [InlineData(39_900, "5", 7_980)]
    [InlineData(10_000, "3", 3_330)]
    [InlineData(10_000, "0", 0)]
    public void The_price_per_kilogram_is_rounded_to_ten_won(long price, string weight, long perKg) =>
        Format.PerKg(price, decimal.Parse(weight)).ShouldBe(perKg);

    [Theory]
    [InlineData("사과", "Apples", "en-US", "Apples")]
    [InlineData("사과", "", "en-US", "사과")]
    [InlineData("사과", null, "en-US", "사과")]
    [InlineData("사과", "Apples", "ko-KR", "사과")]
    public void A_name_falls_back_to_Korean(string korean, string? english, string culture, string shown) =>
        In(culture, () => Format.Pick(korean, english)).ShouldBe(shown);

    [Theory]
    [InlineData("경북 청송군", "en-US", "ko")]
    [InlineData("(37409) 경북", "en-US", "ko")]
    [InlineData("Cheongsong", "en-US", null)]
    [InlineData(null, "en-US", null)]
    [InlineData("경북 청송군", "ko-KR", null)]
    public void Korean_is_announced_where_it_stands_on_an_English_page(string? text, string culture, string? lang) =>
        In(culture, () => Format.LangOf(text)).ShouldBe(lang);

    [Fact]
    public void A_mixed_text_falls_into_its_languages() =>
        Words
            .Split("For example 경북 청송, or 나주")
            .ShouldBe([("For example ", false), ("경북 청송", true), (", or ", false), ("나주", true)]);

    [Theory]
    [InlineData(-1, "–")]
    [InlineData(512, "512 B")]
    [InlineData(34_567, "33.8 KB")]
    [InlineData(5L * 1024 * 1024, "5 MB")]
    public void Backlogs_are_readable(long bytes, string shown) => Format.Bytes(bytes).ShouldBe(shown);
}
