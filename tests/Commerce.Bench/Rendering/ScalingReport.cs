using System.Globalization;
using System.Text;
using Commerce.Bench.Checkout;
using Commerce.Bench.Core;

namespace Commerce.Bench.Rendering;

/// <summary>The generated part of docs/scaling.md: what so many orders per second need, from what one was measured to cost.</summary>
internal static class ScalingReport
{
    private static readonly int[] Rates = [100, 1_000, 10_000];

    /// <summary>Cores are planned to be busy this much: latency grows with what is left.</summary>
    private const double Busy = 0.6;

    public static string Of(BenchResult cost)
    {
        var text = new StringBuilder("| | CPU-ms per order |");
        text.AppendJoin(
            "",
            Rates.Select(rate => string.Create(CultureInfo.InvariantCulture, $" cores at {rate:#,0}/s |"))
        );
        text.Append("\n|---|--:|").AppendJoin("", Rates.Select(_ => "--:|")).Append('\n');
        var resources = cost
            .Figures.Where(figure => figure.Name.StartsWith(CostBench.CpuOf, StringComparison.Ordinal))
            .ToList();
        foreach (var figure in resources)
        {
            AddRow(text, figure.Name[CostBench.CpuOf.Length..], figure.Median);
        }

        AddRow(text, "**all**", resources.Sum(figure => figure.Median));
        var wal = cost.Figures.First(figure => figure.Name == CostBench.Wal).Median;
        text.Append("\n| | kB per order |")
            .AppendJoin(
                "",
                Rates.Select(rate => string.Create(CultureInfo.InvariantCulture, $" MB/s at {rate:#,0}/s |"))
            )
            .Append("\n|---|--:|")
            .AppendJoin("", Rates.Select(_ => "--:|"))
            .Append(CultureInfo.InvariantCulture, $"\n| PostgreSQL's log, all databases | {TextReport.Number(wal)} |")
            .AppendJoin("", Rates.Select(rate => $" {TextReport.Number(wal * rate / 1000)} |"));
        return text.Append('\n').ToString();
    }

    private static void AddRow(StringBuilder text, string name, double milliseconds) =>
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {TextReport.Number(milliseconds)} |")
            .AppendJoin("", Rates.Select(rate => $" {TextReport.Number(milliseconds * rate / 1000 / Busy)} |"))
            .Append('\n');
}
