namespace Commerce.Storefront.Shop;

/// <summary>When a parcel arrives: carriers take a night, and one more to Jeju and the islands; nothing comes on Sundays.</summary>
internal static class DeliveryEstimate
{
    // Postal codes of Jeju and of the islands to which no bridge leads, as the carriers list them for their surcharge.
    private static readonly (int From, int To)[] Remote =
    [
        (63000, 63644), // Jeju
        (40200, 40240), // Ulleung, Dokdo
        (23100, 23136), // Ongjin
        (23004, 23010), // Ganghwa's islands
        (32133, 32133), // Taean
        (33411, 33411), // Boryeong
        (52570, 52571), // Sacheon
        (53031, 53033), // Tongyeong
        (53089, 53104), // Tongyeong
        (54000, 54000), // Gunsan
        (56347, 56349), // Buan
        (57068, 57069), // Yeonggwang
        (58760, 58762), // Mokpo
        (58800, 58810), // Sinan
        (58816, 58818), // Sinan
        (58840, 58866), // Sinan
        (58953, 58958), // Jindo
        (59101, 59103), // Wando
        (59137, 59170), // Wando
        (59650, 59650), // Yeosu
        (59766, 59766), // Yeosu
        (59781, 59790), // Yeosu
    ];

    /// <summary>Null as long as it is not known when the farm ships.</summary>
    public static DateOnly? Of(DateOnly? shipsBy, string? postalCode) =>
        shipsBy is not { } day ? null
        : day.AddDays(IsRemote(postalCode) ? 2 : 1) is var arrival && arrival.DayOfWeek is DayOfWeek.Sunday
            ? arrival.AddDays(1)
        : arrival;

    public static bool IsRemote(string? postalCode) =>
        postalCode is { Length: 5 }
        && int.TryParse(postalCode, System.Globalization.CultureInfo.InvariantCulture, out var code)
        && Remote.Any(range => code >= range.From && code <= range.To);
}
