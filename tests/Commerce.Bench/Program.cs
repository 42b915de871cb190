using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Bench.Browse;
using Commerce.Bench.Checkout;
using Commerce.Bench.Circuits;
using Commerce.Bench.Core;
using Commerce.Bench.Events;
using Commerce.Bench.Grow;
using Commerce.Bench.Processes;
using Commerce.Bench.Rendering;
using Commerce.Bench.Start;

if (args is [Roles.Argument, var role, var options])
{
    return await Roles.PlayAsync(role, options);
}

// `./commerce bench [name…] [--json F] [--quick]`: measures this platform beside its limits, in the same run.
IReadOnlyList<IBench> all =
[
    new CheckoutBench(),
    new HotBench(),
    new CostBench(),
    new ReplicasBench(),
    new GrowBench(),
    new SoakBench(),
    // The messaging under it, alone.
    new RelayBench(),
    new ConsumerBench(),
    new BrowseBench(),
    new CircuitsBench(),
    new StartBench(),
];
if (args is ["render", .. var files])
{
    return RenderCommand.Run(files, [.. all.Select(bench => bench.Name)]);
}

var (names, json, settings) = (new List<string>(), (string?)null, BenchSettings.Full);
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--json" when i + 1 < args.Length:
            json = Path.GetFullPath(args[++i]);
            break;
        case "--quick":
            settings = BenchSettings.Quick;
            break;
        case var name when all.Any(bench => bench.Name == name):
            names.Add(name);
            break;
        default:
            Console.Error.WriteLine(
                $"unknown: {args[i]}\nbench [{string.Join('|', all.Select(b => b.Name))}] [--json F] [--quick]"
            );
            return 2;
    }
}

var results = new List<BenchResult>();
foreach (var bench in all.Where(bench => names.Count == 0 || names.Contains(bench.Name)))
{
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{bench.Name} (load {MachineFacts.Load():0.0}) ...")
    );
    var began = Stopwatch.GetTimestamp();
    var result = await bench.RunAsync(settings);
    if (settings == BenchSettings.Quick)
    {
        result = result with
        {
            Notes = [.. result.Notes, "Run with --quick: once and briefly. The figures mean little."],
        };
    }

    results.Add(result);
    Console.WriteLine(TextReport.Of(result, Stopwatch.GetElapsedTime(began)));
    if (json is not null)
    {
        // After each: what was measured for half an hour is not lost with the next bench.
        var report = new BenchReport(DateTimeOffset.UtcNow, MachineFacts.Commit(), MachineFacts.Read(), results);
        await File.WriteAllTextAsync(json, JsonSerializer.Serialize(report, BenchReport.Json));
    }
}

return 0;
