using System.Globalization;

namespace Commerce.Bench.Rendering;

/// <summary>From values to pixels along an axis, and where its ticks are.</summary>
internal sealed class Scale
{
    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;
    private readonly bool _log;

    private Scale(double low, double high, double from, double to, bool log, IReadOnlyList<double> ticks) =>
        (_low, _high, _from, _to, _log, Ticks) = (low, high, from, to, log, ticks);

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>From zero, or the lowest value where that is below, to a round number above the highest.</summary>
    public static Scale Linear(IEnumerable<double> values, double from, double to)
    {
        var (low, high) = (0.0, 0.0);
        foreach (var value in values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        var step = Step(Math.Max(high - low, 1e-9) / 5);
        (low, high) = (Math.Floor(low / step) * step, Math.Max(Math.Ceiling(high / step), 1) * step);
        var count = (int)Math.Round((high - low) / step);
        return new Scale(low, high, from, to, false, [.. Enumerable.Range(0, count + 1).Select(i => low + (i * step))]);
    }

    /// <summary>From the lowest to the highest value, both positive; ticks at 1, 2 and 5 of every power of ten.</summary>
    public static Scale Log(IEnumerable<double> values, double from, double to)
    {
        var sorted = values.Order().ToList();
        var (low, high) = (sorted[0], Math.Max(sorted[^1], sorted[0] * 1.001));
        var powers = Enumerable.Range((int)Math.Floor(Math.Log10(low)), 20).Select(power => Math.Pow(10, power));
        var ticks = powers
            .SelectMany(power => new[] { power, 2 * power, 5 * power })
            .Where(tick => tick >= low * 0.999 && tick <= high * 1.001)
            .ToList();
        return new Scale(low, high, from, to, true, ticks);
    }

    public double At(double value) =>
        _log
            ? _from + ((Math.Log(value) - Math.Log(_low)) / (Math.Log(_high) - Math.Log(_low)) * (_to - _from))
            : _from + ((value - _low) / (_high - _low) * (_to - _from));

    /// <summary>As short as it can be without losing anything.</summary>
    public static string Label(double tick) =>
        Math.Abs(tick) >= 1000
            ? tick.ToString("#,0", CultureInfo.InvariantCulture)
            : tick.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>The next 1, 2 or 5 of a power of ten.</summary>
    private static double Step(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= atLeast * 0.999) * power;
    }
}
