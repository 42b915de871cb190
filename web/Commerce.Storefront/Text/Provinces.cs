using Commerce.Contracts.Api;

namespace Commerce.Storefront.Text;

/// <summary>Regions are a province and a county (<c>경북 청송</c>; <c>Cheongsong, Gyeongbuk</c>). A list of all counties is too long.</summary>
internal static class Provinces
{
    /// <summary>The province of a region, in Korean.</summary>
    public static string Of(string region) => region.Split(' ')[0];

    /// <summary>The province of a region's English name.</summary>
    public static string English(string region) => region.Split(", ")[^1];

    /// <summary>One entry per province, the largest first.</summary>
    public static IReadOnlyList<FacetCount> Of(IEnumerable<FacetCount> regions) =>
        [
            .. regions
                .GroupBy(r => Of(r.Value), StringComparer.Ordinal)
                .Select(p => new FacetCount(p.Key, English(p.First().LabelEn), p.Sum(r => r.Count)))
                .OrderByDescending(p => p.Count)
                .ThenBy(p => p.Value, StringComparer.Ordinal),
        ];

    /// <summary>The provinces, and behind the chosen one its counties.</summary>
    public static IReadOnlyList<FacetCount> Opened(IReadOnlyList<FacetCount> regions, string? chosen) =>
        [
            .. Of(regions)
                .SelectMany(p =>
                    chosen is not null && Of(chosen) == p.Value
                        ? regions.Where(r => Of(r.Value) == p.Value && r.Value != p.Value).Prepend(p)
                        : [p]
                ),
        ];
}
