using System.Globalization;
using System.Text.Json;
using Commerce.Bench.Core;

namespace Commerce.Bench.Rendering;

/// <summary><c>./commerce bench render F…</c>: writes what was measured into docs/performance.md, with its charts, and what
/// follows from it into docs/scaling.md.</summary>
internal static class RenderCommand
{
    public const string Begin = "<!-- figures: written by ./commerce bench render -->";
    public const string End = "<!-- end of figures -->";

    /// <param name="files">What <c>--json</c> wrote; a later one replaces what an earlier one says about the same bench.</param>
    public static int Run(IReadOnlyList<string> files, IReadOnlyList<string> order)
    {
        if (files.Count == 0)
        {
            Console.Error.WriteLine("which results? bench render F…");
            return 2;
        }

        var reports = files.Select(file =>
            JsonSerializer.Deserialize<BenchReport>(File.ReadAllText(file), BenchReport.Json)!
        );
        var report = MergedReport.Of(reports, order);
        var docs = Path.Combine(RepositoryRoot.Path, "docs");
        foreach (var (_, result) in report.Results)
        {
            for (var i = 0; i < result.Charts.Count; i++)
            {
                File.WriteAllText(Path.Combine(docs, Picture(result.Bench, i)), SvgChart.Of(result.Charts[i]));
            }
        }

        Write(Path.Combine(docs, "performance.md"), MarkdownReport.Of(report, Picture));
        if (report.Results.Select(r => r.Result).FirstOrDefault(r => r.Bench == "cost") is { } cost)
        {
            Write(Path.Combine(docs, "scaling.md"), ScalingReport.Of(cost));
        }

        Console.WriteLine($"docs/performance.md: {string.Join(", ", report.Results.Select(r => r.Result.Bench))}");
        return 0;
    }

    private static void Write(string page, string figures) =>
        File.WriteAllText(page, Replace(File.ReadAllText(page), figures));

    /// <summary>Puts the figures between the two marks and leaves everything else as it is.</summary>
    /// <exception cref="InvalidOperationException">The marks are not there.</exception>
    public static string Replace(string page, string figures)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? $"{page[..(begin + Begin.Length)]}\n\n{figures}\n{page[end..]}"
            : throw new InvalidOperationException($"The page lacks the lines '{Begin}' and '{End}'.");
    }

    private static string Picture(string bench, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"images/bench-{bench}{(number == 0 ? "" : $"-{number + 1}")}.svg");
}
