using System.Text.Json;
using System.Xml.Linq;
using Commerce.Bench.Core;
using Commerce.Bench.Rendering;

namespace Commerce.Bench.Tests;

public sealed class RenderingTests
{
    private static readonly Figure Ours = new("relay: events/s", "events/s", [9_000, 12_345, 20_000]);
    private static readonly Figure Beside = new("polled", "events/s", [1_000, 2_000, 2_500]);
    private static readonly Chart Curve = new(
        "Latency <of> a & b",
        "one of",
        "ms",
        [new Line("relay", [(2, 4), (100, 30)]), new Line("polled", [(2, 9), (100, 300)])],
        LogX: true
    );

    [Fact]
    public void The_table_has_ours_beside_ratio_goal_and_whether_it_is_reached()
    {
        var text = Render(Report(Result("relay", Goal.Ratio("relay / polled", Ours, Beside, 5))));

        text.ShouldContain(
            "| relay | relay / polled | 12,345 (9,000–20,000) events/s | 2,000 (1,000–2,500) events/s | 8.00 × | ≥ 5.00 × | reached |"
        );
    }

    [Fact]
    public void A_missed_goal_stands_out_and_a_missing_one_says_nothing()
    {
        var text = Render(
            Report(
                Result(
                    "relay",
                    Goal.Of(Figure.Once("p99", "ms", 80), 60, atLeast: false),
                    Goal.Ratio("r", Ours, Beside, null)
                )
            )
        );

        text.ShouldContain("| relay | p99 | 80.0 ms | – | 80.0 ms | ≤ 60.0 ms | **not reached** |");
        text.ShouldContain("| – |  |");
    }

    [Fact]
    public void Every_figure_chart_and_note_is_in_the_report()
    {
        var text = Render(
            Report(Result("relay") with { Charts = [Curve, Curve], Notes = ["The generator was busy."] })
        );

        text.ShouldContain("| relay: events/s | 12,345 | 9,000 – 20,000 | events/s |");
        text.ShouldContain("relay-0.svg");
        text.ShouldContain("relay-1.svg");
        text.ShouldContain("- The generator was busy.");
    }

    [Fact]
    public void A_later_file_replaces_a_bench_and_leaves_the_others()
    {
        var first = Report(Result("relay"), Result("start")) with { Commit = "aaaaaaa" };
        var later = Report(Result("relay")) with { Commit = "bbbbbbb" };

        var merged = MergedReport.Of([first, later], ["relay", "start"]);

        merged
            .Results.Select(r => (r.Result.Bench, r.Run.Commit))
            .ShouldBe([("relay", "bbbbbbb"), ("start", "aaaaaaa")]);
        var text = MarkdownReport.Of(merged, (_, _) => "");
        text.ShouldContain("commit `bbbbbbb` (relay)");
        text.ShouldContain("commit `aaaaaaa` (start)");
    }

    [Fact]
    public void Benches_follow_each_other_as_the_program_has_them() =>
        MergedReport
            .Of([Report(Result("start"), Result("unknown"), Result("relay"))], ["relay", "start"])
            .Results.Select(r => r.Result.Bench)
            .ShouldBe(["relay", "start", "unknown"]);

    [Fact]
    public void A_report_survives_its_file()
    {
        var report = Report(
            Result("relay", Goal.Ratio("r", Ours, Beside, 5)) with
            {
                Charts = [Curve],
                Figures = [Figure.Once("nothing", "ms", double.NaN)],
            }
        );

        var read = JsonSerializer.Deserialize<BenchReport>(
            JsonSerializer.Serialize(report, BenchReport.Json),
            BenchReport.Json
        )!;

        read.Results[0].Charts[0].Lines[1].Points.ShouldBe([(2, 9), (100, 300)]);
        Render(read).ShouldBe(Render(report));
    }

    [Fact]
    public void Only_what_stands_between_the_marks_is_written_anew()
    {
        var page = $"# By hand\n{RenderCommand.Begin}\nold\n{RenderCommand.End}\nwhat did not help\n";

        var once = RenderCommand.Replace(page, "new\n");

        once.ShouldBe($"# By hand\n{RenderCommand.Begin}\n\nnew\n\n{RenderCommand.End}\nwhat did not help\n");
        RenderCommand.Replace(once, "new\n").ShouldBe(once);
    }

    [Fact]
    public void A_page_without_marks_is_refused() =>
        Should.Throw<InvalidOperationException>(() => RenderCommand.Replace("# By hand\n", "new"));

    [Fact]
    public void A_chart_is_xml_with_a_line_for_each_series_inside_its_frame()
    {
        var svg = XDocument.Parse(SvgChart.Of(Curve)).Root!;
        var name = svg.Name.Namespace;

        svg.Element(name + "title")!.Value.ShouldBe("Latency <of> a & b");
        var lines = svg.Elements(name + "polyline").ToList();
        lines.Count.ShouldBe(2);
        var numbers = lines
            .SelectMany(line => line.Attribute("points")!.Value.Split(' ', ','))
            .Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        numbers.Where((_, i) => i % 2 == 0).ShouldAllBe(x => x >= 0 && x <= 720);
        numbers.Where((_, i) => i % 2 == 1).ShouldAllBe(y => y >= 0 && y <= 360);
        // More is higher up.
        numbers[7].ShouldBeLessThan(numbers[3]);
    }

    [Fact]
    public void A_chart_without_points_is_refused() =>
        Should.Throw<ArgumentException>(() => SvgChart.Of(Curve with { Lines = [] }));

    [Theory]
    [InlineData(100, new double[] { 0, 20, 40, 60, 80, 100 })]
    [InlineData(0.9, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(17_300, new double[] { 0, 5_000, 10_000, 15_000, 20_000 })]
    public void Ticks_are_round_and_reach_beyond_the_highest_value(double highest, double[] ticks) =>
        Scale.Linear([highest], 0, 100).Ticks.Select(tick => Math.Round(tick, 6)).ShouldBe(ticks);

    [Fact]
    public void A_logarithmic_axis_has_equal_factors_at_equal_distances()
    {
        var scale = Scale.Log([2, 200], 0, 300);

        scale.Ticks.ShouldBe([2, 5, 10, 20, 50, 100, 200]);
        (scale.At(20) - scale.At(2)).ShouldBe(scale.At(200) - scale.At(20), 1e-9);
    }

    [Fact]
    public void A_line_of_nothing_but_zeros_has_an_axis() =>
        double.IsFinite(Scale.Linear([0], 0, 100).At(0)).ShouldBeTrue();

    private static BenchResult Result(string bench, params Goal[] goals) => new(bench, [Ours], goals, [], []);

    private static BenchReport Report(params BenchResult[] results) =>
        new(
            DateTimeOffset.UnixEpoch,
            "abcdef0",
            new Dictionary<string, string> { ["cores"] = "2", ["processor"] = "A | B" },
            results
        );

    private static string Render(BenchReport report) =>
        MarkdownReport.Of(MergedReport.Of([report], []), (bench, number) => $"{bench}-{number}.svg");
}
