using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Text;

internal static class Counts
{
    /// <summary>How many fruits a box holds: <c>13~16과</c>, or <c>3과</c> when it is certain.</summary>
    public static string Count(this IStringLocalizer texts, int min, int max) =>
        min == max ? texts["fruit.countExact", min] : texts["fruit.count", min, max];
}
