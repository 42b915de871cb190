namespace Commerce.Catalog.Fruits;

/// <summary>The market's days. They are Korea's, wherever the service runs; there has been no daylight saving since 1988.</summary>
internal static class Calendar
{
    private static readonly TimeSpan Korea = TimeSpan.FromHours(9);

    /// <summary>Orders until 14:00 leave the farm the same day.</summary>
    private const int LastOrderHour = 14;

    public static DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(now.ToOffset(Korea).DateTime);

    /// <summary>Whether the month lies in the season; one such as 11–2 runs over the year's end.</summary>
    public static bool InSeason(int from, int to, int month) =>
        from <= to ? month >= from && month <= to : month >= from || month <= to;

    /// <summary>
    /// When an order of now leaves the farm: on a weekday, since a parcel would lie over Sunday otherwise, and not before the
    /// harvest.
    /// </summary>
    public static DateOnly ShipsBy(DateTimeOffset now, DateOnly harvestedOn)
    {
        var local = now.ToOffset(Korea);
        var day = DateOnly.FromDateTime(local.DateTime);
        if (local.Hour >= LastOrderHour)
            day = day.AddDays(1);
        if (day < harvestedOn)
            day = harvestedOn;
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            day = day.AddDays(1);
        return day;
    }
}
