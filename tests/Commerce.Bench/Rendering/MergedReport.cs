using Commerce.Bench.Core;

namespace Commerce.Bench.Rendering;

/// <summary>The newest result of each bench: benches may have been run one at a time.</summary>
internal sealed record MergedReport(IReadOnlyList<(BenchReport Run, BenchResult Result)> Results)
{
    /// <param name="reports">A later one replaces what an earlier one says about the same bench.</param>
    /// <param name="order">Names of the benches as they are to follow each other.</param>
    public static MergedReport Of(IEnumerable<BenchReport> reports, IReadOnlyList<string> order)
    {
        var newest = new Dictionary<string, (BenchReport, BenchResult)>(StringComparer.Ordinal);
        foreach (var report in reports)
        {
            foreach (var result in report.Results)
            {
                newest[result.Bench] = (report, result);
            }
        }

        int Place(string bench) => order.Contains(bench) ? order.ToList().IndexOf(bench) : order.Count;
        return new MergedReport([
            .. newest.OrderBy(pair => Place(pair.Key)).ThenBy(pair => pair.Key).Select(pair => pair.Value),
        ]);
    }

    /// <summary>Each with the benches that ran in it.</summary>
    public IEnumerable<IGrouping<BenchReport, string>> Runs =>
        Results.GroupBy(result => result.Run, result => result.Result.Bench);
}
