using System.Globalization;
using System.Text;
using Commerce.Bench.Core;

namespace Commerce.Bench.Rendering;

/// <summary>The generated part of docs/performance.md: what was wanted and reached, then everything that was measured.</summary>
internal static class MarkdownReport
{
    /// <param name="picture">The link to a chart, from its bench's name and its number there.</param>
    public static string Of(MergedReport report, Func<string, int, string> picture)
    {
        var text = new StringBuilder();
        AddRuns(text, report);
        AddGoals(text, report);
        foreach (var (_, result) in report.Results)
        {
            AddBench(text, result, picture);
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void AddRuns(StringBuilder text, MergedReport report)
    {
        foreach (var run in report.Runs)
        {
            var machine = string.Join(" · ", run.Key.Machine.Select(fact => Cell($"{fact.Key}: {fact.Value}")));
            text.Append(
                CultureInfo.InvariantCulture,
                $"Measured {run.Key.At:yyyy-MM-dd HH:mm} UTC at commit `{run.Key.Commit}` ({string.Join(", ", run)}) on {machine}.\n\n"
            );
        }
    }

    private static void AddGoals(StringBuilder text, MergedReport report)
    {
        text.Append("| bench | figure | ours | beside | result | goal | |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var (_, result) in report.Results)
        {
            foreach (var goal in result.Goals)
            {
                var value = $"{TextReport.Number(goal.Value)} {goal.Unit}";
                var wanted = goal.Wanted is { } w
                    ? $"{(goal.AtLeast ? "≥" : "≤")} {TextReport.Number(w)} {goal.Unit}"
                    : "–";
                var said = goal.Reached switch
                {
                    true => "reached",
                    false => "**not reached**",
                    null => "",
                };
                AddRow(text, result.Bench, goal.Name, Range(goal.Ours), Range(goal.Beside), value, wanted, said);
            }
        }

        text.Append('\n');
    }

    private static void AddBench(StringBuilder text, BenchResult result, Func<string, int, string> picture)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {result.Bench}\n\n");
        for (var i = 0; i < result.Charts.Count; i++)
        {
            text.Append($"![{result.Charts[i].Title}]({picture(result.Bench, i)})\n\n");
        }

        text.Append("| figure | median | min – max | unit |\n|---|--:|--:|---|\n");
        foreach (var figure in result.Figures)
        {
            AddRow(
                text,
                figure.Name,
                TextReport.Number(figure.Median),
                figure.Values.Count > 1 ? $"{TextReport.Number(figure.Min)} – {TextReport.Number(figure.Max)}" : "",
                figure.Unit
            );
        }

        text.Append('\n');
        foreach (var note in result.Notes)
        {
            text.Append($"- {note}\n");
        }

        text.Append(result.Notes.Count > 0 ? "\n" : "");
    }

    private static string Range(Figure? figure) =>
        figure is null ? "–"
        : figure.Values.Count > 1
            ? $"{TextReport.Number(figure.Median)} ({TextReport.Number(figure.Min)}–{TextReport.Number(figure.Max)}) {figure.Unit}"
        : $"{TextReport.Number(figure.Median)} {figure.Unit}";

    private static void AddRow(StringBuilder text, params string[] cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
