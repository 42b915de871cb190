using System.Globalization;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Text;

/// <summary>Money, dates and names as the current language writes them; times in Seoul.</summary>
internal static class Format
{
    private static readonly TimeZoneInfo Seoul = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul");
    private static readonly CultureInfo Korean = CultureInfo.GetCultureInfo("ko-KR");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private static CultureInfo Culture => Cultures.IsKorean ? Korean : English;

    /// <summary><c>12,000원</c> or <c>₩12,000</c>.</summary>
    public static string Won(long krw)
    {
        var digits = Math.Abs(krw).ToString("N0", CultureInfo.InvariantCulture);
        var sign = krw < 0 ? "-" : "";
        return Cultures.IsKorean ? $"{sign}{digits}원" : $"{sign}₩{digits}";
    }

    /// <summary><c>120만</c> or <c>₩1.2M</c>: for the axes of charts, which have little room.</summary>
    public static string ShortWon(long krw) =>
        (Cultures.IsKorean, krw) switch
        {
            (true, >= 100_000_000) => string.Create(CultureInfo.InvariantCulture, $"{krw / 1e8:0.#}억"),
            (true, >= 10_000) => string.Create(CultureInfo.InvariantCulture, $"{krw / 1e4:#,0.#}만"),
            (false, >= 1_000_000) => string.Create(CultureInfo.InvariantCulture, $"₩{krw / 1e6:0.##}M"),
            (false, >= 1_000) => string.Create(CultureInfo.InvariantCulture, $"₩{krw / 1e3:0.#}K"),
            _ => Won(krw),
        };

    /// <summary>Price per kilogram, rounded to 10 KRW.</summary>
    public static long PerKg(long priceKrw, decimal weightKg) =>
        weightKg <= 0 ? 0 : (long)(Math.Round(priceKrw / weightKg / 10, MidpointRounding.AwayFromZero) * 10);

    /// <summary><c>11월 21일 (토)</c> or <c>Sat, Nov 21</c>.</summary>
    public static string Day(DateOnly day) => day.ToString(Cultures.IsKorean ? "M월 d일 (ddd)" : "ddd, MMM d", Culture);

    /// <summary><c>2026년 11월 21일</c> or <c>Nov 21, 2026</c>; for days that may be long ago.</summary>
    public static string Date(DateOnly day) =>
        day.ToString(Cultures.IsKorean ? "yyyy년 M월 d일" : "MMM d, yyyy", Culture);

    /// <summary><c>11월</c> or <c>November</c>.</summary>
    public static string Month(int month) =>
        Cultures.IsKorean ? $"{month}월" : English.DateTimeFormat.GetMonthName(month);

    /// <summary><c>2027년 5월</c> or <c>May 2027</c>.</summary>
    public static string MonthOf(DateOnly day) => day.ToString(Cultures.IsKorean ? "yyyy년 M월" : "MMMM yyyy", Culture);

    /// <summary><c>2026. 11. 21. 오후 3:05</c> or <c>Nov 21, 2026, 3:05 PM</c>, in Seoul.</summary>
    public static string Moment(DateTimeOffset at) =>
        TimeZoneInfo
            .ConvertTime(at, Seoul)
            .ToString(Cultures.IsKorean ? "yyyy. M. d. tt h:mm" : "MMM d, yyyy, h:mm tt", Culture);

    /// <summary><c>15:05:09</c>, in Seoul; for timelines of one day.</summary>
    public static string Clock(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Seoul).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-21 15:05:09.123</c>, in Seoul; where the order of things within a second counts.</summary>
    public static string Exact(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Seoul).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary><c>15:05</c>, in Seoul; along the foot of a chart.</summary>
    public static string Minute(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Seoul).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>850 ms</c>, <c>1.25 s</c>; a dash for nothing measured.</summary>
    public static string Duration(double? ms) =>
        ms switch
        {
            null => "–",
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.##} s"),
        };

    /// <summary>The day in Seoul of a moment.</summary>
    public static DateOnly DayOf(DateTimeOffset at) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Seoul).DateTime);

    /// <summary><c>15:05</c> on the day of <paramref name="since"/>, else <c>11/22 15:05</c>, in Seoul.</summary>
    public static string TimeOrDay(DateTimeOffset at, DateTimeOffset since) =>
        TimeZoneInfo
            .ConvertTime(at, Seoul)
            .ToString(DayOf(at) == DayOf(since) ? "HH:mm" : "M/d HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>15분</c> or <c>15 minutes</c>, rounded up; below two minutes in seconds.</summary>
    public static string Wait(TimeSpan wait)
    {
        var inSeconds = wait < TimeSpan.FromMinutes(2);
        var count = Math.Max(1, (int)Math.Ceiling(inSeconds ? wait.TotalSeconds : wait.TotalMinutes));
        return Cultures.IsKorean
            ? $"{count}{(inSeconds ? "초" : "분")}"
            : $"{count} {(inSeconds ? "second" : "minute")}{(count == 1 ? "" : "s")}";
    }

    /// <summary>Today in Seoul.</summary>
    public static DateOnly Today(TimeProvider time) => DayOf(time.GetUtcNow());

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>At most one digit behind the point: <c>14.5</c>, <c>3</c>.</summary>
    public static string Short(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary><c>2.0 MB</c>; for backlogs.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 0 => "–",
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.#} MB"),
        };

    /// <summary>The Korean text, or the English one where there is one and the visitor reads English.</summary>
    public static string Pick(string korean, string? english) =>
        Cultures.IsKorean || string.IsNullOrWhiteSpace(english) ? korean : english;

    /// <summary>
    /// For a <c>lang</c> attribute around words that people wrote: <c>ko</c> where Korean stands on an English page, so that a
    /// screen reader speaks it as Korean; else null.
    /// </summary>
    public static string? LangOf(string? text) => !Cultures.IsKorean && Words.HasKorean(text) ? "ko" : null;

    public static string DisplayName(this Fruit fruit) => Pick(fruit.Name, fruit.NameEn);

    public static string DisplayVariety(this Fruit fruit) => Pick(fruit.Variety, fruit.VarietyEn);

    public static string DisplayName(this FarmSummary farm) => Pick(farm.Name, farm.NameEn);

    public static string DisplayRegion(this FarmSummary farm) => Pick(farm.Region, farm.RegionEn);

    public static string DisplayName(this Contracts.Api.Farm farm) => Pick(farm.Name, farm.NameEn);

    public static string DisplayRegion(this Contracts.Api.Farm farm) => Pick(farm.Region, farm.RegionEn);

    public static string DisplayName(this CartItem item) => Pick(item.Name, item.NameEn);

    public static string DisplayName(this OrderItem item) => Pick(item.Name, item.NameEn);

    /// <summary>The last twelve digits of an order's id: short enough to read out, and what differs between two UUIDv7.</summary>
    public static string OrderNumber(Guid id) => id.ToString("N")[^12..].ToUpperInvariant();
}
