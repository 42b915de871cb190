using Commerce.Catalog.Fruits;

namespace Commerce.Catalog.Tests.Fruits;

public sealed class CalendarTests
{
    [Theory]
    [InlineData(3, 8, 3, true)]
    [InlineData(3, 8, 9, false)]
    [InlineData(11, 2, 12, true)]
    [InlineData(11, 2, 2, true)]
    [InlineData(11, 2, 3, false)]
    [InlineData(6, 6, 6, true)]
    public void A_season_may_run_over_the_years_end(int from, int to, int month, bool inSeason)
    {
        Calendar.InSeason(from, to, month).ShouldBe(inSeason);
    }

    [Theory]
    [InlineData("2026-11-20T04:59:00Z", "2026-11-20")] // Friday 13:59 in Korea
    [InlineData("2026-11-20T05:00:00Z", "2026-11-23")] // Friday 14:00
    [InlineData("2026-11-21T01:00:00Z", "2026-11-23")] // Saturday
    [InlineData("2026-11-22T15:30:00Z", "2026-11-23")] // Monday 00:30
    public void Boxes_leave_on_weekdays_the_same_day_until_two(string now, string shipsBy)
    {
        Calendar.ShipsBy(DateTimeOffset.Parse(now), new DateOnly(2026, 11, 1)).ShouldBe(DateOnly.Parse(shipsBy));
    }

    [Fact]
    public void Boxes_do_not_leave_before_the_harvest()
    {
        Calendar
            .ShipsBy(DateTimeOffset.Parse("2026-11-20T01:00:00Z"), new DateOnly(2026, 12, 2))
            .ShouldBe(new DateOnly(2026, 12, 2));
    }

    [Fact]
    public void The_markets_day_is_Koreas()
    {
        Calendar.Today(DateTimeOffset.Parse("2026-12-31T15:00:00Z")).ShouldBe(new DateOnly(2027, 1, 1));
    }
}
