using System.Globalization;
using System.Security;
using System.Text;
using Commerce.Bench.Core;

namespace Commerce.Bench.Rendering;

/// <summary>A chart as an SVG file that is readable on light and on dark pages.</summary>
internal static class SvgChart
{
    private const double Width = 720;
    private const double Height = 360;
    private const double Left = 72;
    private const double Right = 40;
    private const double Top = 64;
    private const double Bottom = 52;
    private const double LetterWidth = 7;

    // In the middle between black and white, and apart from each other also for those who see red and green alike.
    private static readonly string[] Colors = ["#2f81d8", "#d9730d", "#3f9a6b", "#a15bc4", "#8a8d91"];

    private const string Style = """
          <style>
            text { font: 13px system-ui, sans-serif; fill: #59636e; }
            .title { font-size: 15px; font-weight: 600; }
            .grid { stroke: #8b949e; stroke-opacity: 0.3; }
            .axis { stroke: #8b949e; }
            @media (prefers-color-scheme: dark) { text { fill: #a9b2bc; } }
          </style>
        """;

    public static string Of(Chart chart)
    {
        var points = chart.Lines.SelectMany(line => line.Points).ToList();
        if (points.Count == 0)
        {
            throw new ArgumentException($"The chart '{chart.Title}' has no points.", nameof(chart));
        }

        var x = chart.LogX
            ? Scale.Log(points.Select(point => point.X), Left, Width - Right)
            : Scale.Linear(points.Select(point => point.X), Left, Width - Right);
        var y = Scale.Linear(points.Select(point => point.Y), Height - Bottom, Top);

        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img">""");
        Add(svg, $"  <title>{Text(chart.Title)}</title>");
        svg.Append(Style).Append('\n');
        Add(svg, $"""  <text class="title" x="{Left}" y="22">{Text(chart.Title)}</text>""");
        AddAxes(svg, chart, x, y);
        var legend = Left;
        for (var i = 0; i < chart.Lines.Count; i++)
        {
            legend = AddLine(svg, chart.Lines[i], Colors[i % Colors.Length], x, y, legend);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AddAxes(StringBuilder svg, Chart chart, Scale x, Scale y)
    {
        foreach (var tick in y.Ticks)
        {
            var at = y.At(tick);
            Add(svg, $"""  <line class="grid" x1="{Left}" x2="{Width - Right}" y1="{at:0.#}" y2="{at:0.#}"/>""");
            Add(svg, $"""  <text x="{Left - 8}" y="{at + 4:0.#}" text-anchor="end">{Scale.Label(tick)}</text>""");
        }

        var ground = Height - Bottom;
        foreach (var tick in x.Ticks)
        {
            var at = x.At(tick);
            Add(svg, $"""  <line class="axis" x1="{at:0.#}" x2="{at:0.#}" y1="{ground}" y2="{ground + 5}"/>""");
            Add(svg, $"""  <text x="{at:0.#}" y="{ground + 20}" text-anchor="middle">{Scale.Label(tick)}</text>""");
        }

        Add(svg, $"""  <line class="axis" x1="{Left}" x2="{Width - Right}" y1="{ground}" y2="{ground}"/>""");
        var middle = (Left + Width - Right) / 2;
        Add(svg, $"""  <text x="{middle}" y="{Height - 10}" text-anchor="middle">{Text(chart.XLabel)}</text>""");
        var center = (Top + ground) / 2;
        Add(
            svg,
            $"""  <text transform="translate(16 {center}) rotate(-90)" text-anchor="middle">{Text(chart.YLabel)}</text>"""
        );
    }

    /// <returns>Where the legend goes on.</returns>
    private static double AddLine(StringBuilder svg, Line line, string color, Scale x, Scale y, double legend)
    {
        var points = line.Points.OrderBy(point => point.X).ToList();
        var path = string.Join(
            ' ',
            points.Select(point =>
                string.Create(CultureInfo.InvariantCulture, $"{x.At(point.X):0.#},{y.At(point.Y):0.#}")
            )
        );
        Add(svg, $"""  <polyline fill="none" stroke="{color}" stroke-width="2.5" points="{path}"/>""");
        foreach (var point in points)
        {
            Add(svg, $"""  <circle cx="{x.At(point.X):0.#}" cy="{y.At(point.Y):0.#}" r="3" fill="{color}"/>""");
        }

        Add(svg, $"""  <rect x="{legend:0.#}" y="38" width="16" height="4" rx="2" fill="{color}"/>""");
        Add(svg, $"""  <text x="{legend + 22:0.#}" y="44">{Text(line.Label)}</text>""");
        return legend + 22 + (line.Label.Length * LetterWidth) + 20;
    }

    private static string Text(string text) => SecurityElement.Escape(text);

    private static void Add(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
