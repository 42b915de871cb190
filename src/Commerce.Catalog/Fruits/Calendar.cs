using Commerce.Contracts.Market;

namespace Commerce.Catalog.Fruits;

/// <summary>SeasonRefreshService, and the days of <see cref="MarketDays"/> as Catalog asks for them.</summary>
internal static class Calendar
{
    public static DateOnly Today(DateTimeOffset now) => MarketDays.DayOf(now);

    /// <summary>Whether the month lies in the season; one such as 11–2 runs over the year's end.</summary>
    public static bool InSeason(int from, int to, int month) =>
        from <= to ? month >= from && month <= to : month >= from || month <= to;

    /// <summary>When an order of now leaves the farm: not before the harvest.</summary>
    public static DateOnly ShipsBy(DateTimeOffset now, DateOnly harvestedOn) => MarketDays.ShipsOn(now, harvestedOn);
}
