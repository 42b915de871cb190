using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Commerce.Bench.Circuits;

/// <summary>Opens many circuits at once and tells what one costs the storefront.</summary>
internal static class CircuitsBench
{
    /// <summary>Long enough for a garbage collection or two after the last circuit was opened.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private const int AtOnce = 8;

    public static async Task<int> RunAsync(string[] args)
    {
        var (count, path, home) = (200, "/fruits", Environment.GetEnvironmentVariable("COMMERCE_HOME") ?? ".commerce");
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--count":
                    count = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
                    break;
                case "--path":
                    path = args[i + 1];
                    break;
                case "--home":
                    home = args[i + 1];
                    break;
                default:
                    await Console.Error.WriteLineAsync($"unknown argument: {args[i]}");
                    return 2;
            }
        }

        var state = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(Path.Combine(home, "run", "state.json"))
        );
        var page = new Uri(new Uri(state.GetProperty("urls").GetProperty("storefront").GetString()!), path);
        var storefront = await ProcessesAsync(state);

        // The first visitors pay for compiling; what they leave is the floor.
        await CloseAsync(await OpenAsync(page, 30));
        await Task.Delay(Rest);
        var before = storefront.Sum(ResidentKb);
        var circuits = await OpenAsync(page, count);
        await Task.Delay(Rest);
        var after = storefront.Sum(ResidentKb);
        var times = circuits.Select(circuit => circuit.StartTime.TotalMilliseconds).Order().ToList();
        var rendered = circuits.Average(circuit => circuit.Rendered) / 1024;
        await CloseAsync(circuits);

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                circuits            {circuits.Count} on {path}, {storefront.Count} storefront process(es)
                memory before       {before / 1024.0:0.0} MB resident
                memory with all     {after / 1024.0:0.0} MB resident
                per circuit         {(after - before) / (double)circuits.Count:0} kB
                start (socket to first drawing)   p50 {times[times.Count / 2]:0} ms   p99 {times[
                    times.Count * 99 / 100
                ]:0} ms
                drawn per circuit   {rendered:0} kB
                """
            )
        );
        return 0;
    }

    private static async Task<List<Circuit>> OpenAsync(Uri page, int count)
    {
        var circuits = new Circuit[count];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = limit.Token },
            async (i, token) => circuits[i] = await Circuit.OpenAsync(page, token)
        );
        return [.. circuits];
    }

    private static async Task CloseAsync(List<Circuit> circuits)
    {
        foreach (var circuit in circuits)
        {
            await circuit.DisposeAsync();
        }
    }

    private static async Task<List<int>> ProcessesAsync(JsonElement state)
    {
        using var control = new HttpClient { BaseAddress = new Uri(state.GetProperty("controlUrl").GetString()!) };
        control.DefaultRequestHeaders.Add("X-Commerce-Token", state.GetProperty("token").GetString());
        var resources = await control.GetFromJsonAsync<JsonElement>(new Uri("resources", UriKind.Relative));
        return
        [
            .. from resource in resources.EnumerateArray()
            where resource.GetProperty("name").GetString()!.StartsWith("storefront", StringComparison.Ordinal)
            select resource.GetProperty("pid").GetInt32(),
        ];
    }

    private static long ResidentKb(int process) =>
        File.ReadLines($"/proc/{process}/status")
            .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(line =>
                long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            )
            .Single();
}
