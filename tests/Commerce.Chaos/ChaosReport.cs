using System.Globalization;
using Spectre.Console;

namespace Commerce.Chaos;

/// <summary>A fault as it went. <paramref name="Recovery"/>: from its end until every process was healthy.</summary>
internal sealed record Incident(string Fault, int Orders, TimeSpan Lasted, TimeSpan Recovery);

/// <summary>What a run saw. <paramref name="QuietAfter"/> null: the platform did not come to rest in time.</summary>
internal sealed record ChaosReport(
    ChaosOptions Options,
    IReadOnlyList<Incident> Incidents,
    IReadOnlyList<Outcome> Outcomes,
    Books Books,
    IReadOnlyList<Violation> Broken,
    IReadOnlyList<ResourceSamples> ResourceSamples,
    TimeSpan Placing,
    TimeSpan? QuietAfter,
    TextWriter Console
)
{
    private const int Shown = 20;

    public IReadOnlyList<Violation> Violations =>
        QuietAfter is null
            ? [.. Broken, new Violation("the platform comes to rest", $"not within {Options.QuietWithin}")]
            : Broken;

    public void Print()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console) });
        console.Profile.Width = 110;
        console.Write(FaultTable());
        console.Write(FigureTable());
        if (ResourceSamples.Count > 0)
        {
            console.Write(Chaos.ResourceSamples.Table(ResourceSamples));
        }

        foreach (var promise in Invariants.All)
        {
            var broken = Violations.Count(violation => violation.Promise == promise);
            Console.WriteLine(broken == 0 ? $"holds   {promise}" : $"BROKEN  {promise} ({broken})");
        }

        foreach (var violation in Violations.Take(Shown))
        {
            Console.WriteLine($"  {violation.Promise}: {violation.Detail}");
        }

        Console.WriteLine(
            $"seed {Options.Seed}: {Outcomes.Count} orders, {Incidents.Count} faults, {Violations.Count} violations"
        );
    }

    private Table FaultTable()
    {
        var table = new Table().AddColumns("fault", "orders meanwhile", "lasted s", "well again after s");
        foreach (var incident in Incidents)
        {
            table.AddRow(incident.Fault, Text(incident.Orders), Seconds(incident.Lasted), Seconds(incident.Recovery));
        }

        return table;
    }

    private Table FigureTable()
    {
        var placed = Outcomes.SelectMany(outcome => outcome.OrderIds).ToHashSet();
        var table = new Table().AddColumns("figure", "value");
        foreach (
            var status in Books
                .Orders.Where(order => placed.Contains(order.Id))
                .CountBy(order => order.Reason is null ? order.Status : $"{order.Status}, {order.Reason}")
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        )
        {
            table.AddRow($"orders {status.Key}", Text(status.Value));
        }

        table.AddRow("requests to place an order", Text(Outcomes.Sum(outcome => outcome.Tries)));
        table.AddRow("captures", Text(Books.Ledger.Count(row => placed.Contains(row.OrderId) && row.Charges > 0)));
        table.AddRow("refunds", Text(Books.Ledger.Count(row => placed.Contains(row.OrderId) && row.Refunds > 0)));
        table.AddRow("events published", Text(Books.Outboxes.Values.Sum(outbox => outbox.Count)));
        table.AddRow("placing took s", Seconds(Placing));
        table.AddRow("at rest after s", QuietAfter is { } quiet ? Seconds(quiet) : "never");
        return table;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
