namespace Commerce.Contracts.Market;

/// <summary>The market's days. They are Korea's, wherever a service runs; there has been no daylight saving since 1988.</summary>
public static class MarketDays
{
    /// <summary>Orders until 14:00 leave the farm the same day.</summary>
    public const int CutoffHour = 14;

    private static readonly TimeSpan Korea = TimeSpan.FromHours(9);

    /// <summary>The day in Seoul at that moment.</summary>
    public static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.ToOffset(Korea).DateTime);

    /// <summary>When the day begins in Seoul.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), Korea);

    /// <summary>
    /// When an order of that moment leaves the farm: on a weekday, since a parcel would lie over Sunday otherwise, and not before
    /// <paramref name="earliest"/>.
    /// </summary>
    public static DateOnly ShipsOn(DateTimeOffset moment, DateOnly earliest = default)
    {
        var local = moment.ToOffset(Korea);
        var day = DateOnly.FromDateTime(local.DateTime);
        if (local.Hour >= CutoffHour)
        {
            day = day.AddDays(1);
        }

        if (day < earliest)
        {
            day = earliest;
        }

        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>Until when an order could still leave on that day.</summary>
    public static DateTimeOffset CutoffOf(DateOnly shipsOn) => StartOf(shipsOn).AddHours(CutoffHour);
}
