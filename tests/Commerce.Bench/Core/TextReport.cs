using System.Globalization;
using System.Text;

namespace Commerce.Bench.Core;

/// <summary>A bench's result for people at a terminal.</summary>
internal static class TextReport
{
    public static string Of(BenchResult result, TimeSpan took)
    {
        var text = new StringBuilder();
        foreach (var figure in result.Figures)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {figure.Name, -52} {Number(figure.Median), 10} {figure.Unit}"
            );
            text.AppendLine(figure.Values.Count > 1 ? $"   ({Number(figure.Min)} – {Number(figure.Max)})" : "");
        }

        foreach (var goal in result.Goals)
        {
            var wanted = goal.Wanted is { } w ? $"   wanted {(goal.AtLeast ? "≥" : "≤")} {Number(w)}: " : "";
            var said = goal.Reached is { } reached
                ? reached
                    ? "reached"
                    : "NOT reached"
                : "";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {goal.Name, -52} {Number(goal.Value), 10} {goal.Unit}{wanted}{said}"
            );
        }

        foreach (var note in result.Notes)
        {
            text.AppendLine("  " + note);
        }

        return text.Append(CultureInfo.InvariantCulture, $"  took {took.TotalSeconds:0} s").AppendLine().ToString();
    }

    /// <summary>Three digits that mean something.</summary>
    public static string Number(double value) =>
        Math.Abs(value) switch
        {
            double.NaN => "–",
            >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.00", CultureInfo.InvariantCulture),
        };
}
