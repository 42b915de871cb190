using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Bench.Core;

/// <summary>One figure, measured once per repetition.</summary>
/// <param name="Unit">As it is printed: <c>orders/s</c>, <c>ms</c>, <c>CPU-ms/order</c>, <c>MB</c>, …</param>
internal sealed record Figure(string Name, string Unit, IReadOnlyList<double> Values)
{
    public double Median => Values.Order().ElementAt(Values.Count / 2);

    public double Min => Values.Min();

    public double Max => Values.Max();

    public static Figure Once(string Name, string Unit, double value) => new(Name, Unit, [value]);
}

/// <summary>Ours against what was measured beside it in the same run, and what we want of it.</summary>
/// <param name="Value">Median of the repetitions' own ratios, so that what disturbs one disturbs both of its sides.</param>
/// <param name="Goal">Null: there is none.</param>
/// <param name="AtLeast">Whether the goal is a floor; otherwise it is a ceiling.</param>
internal sealed record Goal(string Name, double Value, double? Wanted, bool AtLeast, string Unit = "×")
{
    public Figure? Ours { get; init; }

    public Figure? Beside { get; init; }

    [JsonIgnore]
    public bool? Reached =>
        Wanted is not { } wanted ? null
        : AtLeast ? Value >= wanted
        : Value <= wanted;

    public static Goal Ratio(string name, Figure ours, Figure beside, double? wanted, bool atLeast = true)
    {
        var ratios = ours.Values.Zip(beside.Values, (our, other) => our / other).Order().ToList();
        return new Goal(name, ratios[ratios.Count / 2], wanted, atLeast) { Ours = ours, Beside = beside };
    }

    public static Goal Of(Figure figure, double wanted, bool atLeast) =>
        new(figure.Name, figure.Median, wanted, atLeast, figure.Unit) { Ours = figure };
}

/// <summary>A line of a chart.</summary>
internal sealed record Line(string Label, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart for the report.</summary>
internal sealed record Chart(string Title, string XLabel, string YLabel, IReadOnlyList<Line> Lines, bool LogX = false);

/// <summary>All that one bench found.</summary>
/// <param name="Notes">What a reader has to know to judge the figures, such as that the generator was the limit.</param>
internal sealed record BenchResult(
    string Bench,
    IReadOnlyList<Figure> Figures,
    IReadOnlyList<Goal> Goals,
    IReadOnlyList<Chart> Charts,
    IReadOnlyList<string> Notes
);

/// <summary>What <c>--json</c> writes and the report is rendered from.</summary>
internal sealed record BenchReport(
    DateTimeOffset At,
    string Commit,
    IReadOnlyDictionary<string, string> Machine,
    IReadOnlyList<BenchResult> Results
)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A percentile of nothing.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // The points of charts are tuples.
        IncludeFields = true,
    };
}
