using System.Globalization;
using Commerce.Storefront.Text;

namespace Commerce.Storefront.Shared;

/// <summary>Value axes: about five lines, at round figures.</summary>
internal static class AxisScale
{
    private static readonly int[] Round = [1, 2, 5, 10];

    /// <summary>1, 2 or 5 times a power of ten; never below <paramref name="least"/>.</summary>
    public static double StepOf(IEnumerable<double> values, double least = 1)
    {
        var wanted = Math.Max(least, values.DefaultIfEmpty().Max() / 5);
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return Round.Select(factor => factor * power).First(step => step >= wanted * 0.999);
    }

    /// <summary>The line above everything, and above nothing at all: an axis without height has no labels.</summary>
    public static double TopOf(IEnumerable<double> values, double least = 1)
    {
        var all = values.ToList();
        var step = StepOf(all, least);
        return Math.Max(step, Math.Ceiling(all.DefaultIfEmpty().Max() / step) * step);
    }

    public static string Whole(object value) => Format.Number((long)ToDouble(value));

    public static string Ms(object value) => Format.Duration(ToDouble(value));

    /// <summary>Ten thousands as Korean counts them, thousands elsewhere: axis labels have little room.</summary>
    public static string Money(object value) => Format.ShortWon((long)ToDouble(value));

    private static double ToDouble(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
