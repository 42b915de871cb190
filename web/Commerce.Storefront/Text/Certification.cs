using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Text;

/// <summary>The official certifications, which Catalog hands on as farmers write them.</summary>
internal static class Certification
{
    private static readonly (string Word, string Kind)[] Words =
    [
        ("유기농", "organic"),
        ("organic", "organic"),
        ("무농약", "pesticideFree"),
        ("GAP", "gap"),
        ("저탄소", "lowCarbon"),
        ("지리적", "origin"),
    ];

    public static IEnumerable<string> Kinds => Words.Select(w => w.Kind).Distinct(StringComparer.Ordinal);

    /// <summary>Names its texts <c>cert.{kind}</c> and <c>cert.{kind}.means</c>; null for one that is not known here.</summary>
    public static string? Kind(string certification) =>
        Words.FirstOrDefault(w => certification.Contains(w.Word, StringComparison.OrdinalIgnoreCase)).Kind;

    /// <summary>In the visitor's language; one that is not known as the farmer wrote it.</summary>
    public static string Label(IStringLocalizer texts, string certification) =>
        Kind(certification) is { } kind ? texts[$"cert.{kind}"] : certification;
}
