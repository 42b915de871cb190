using System.Text.Json;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Commerce.Bench.Processes;

namespace Commerce.Bench.Browse;

/// <summary>
/// Looking around in the shop: Catalog's list of fruits, and a fruit's page as the storefront prerenders it, kept for the next
/// guests or drawn for this one, beside a bare web server that sends the very same bytes.
/// </summary>
internal sealed class BrowseBench : IBench
{
    private static readonly (string, string)[] Browser =
    [
        ("User-Agent", "Mozilla/5.0 (X11; Linux x64) Commerce.Bench"),
        ("Accept-Language", "ko-KR,ko;q=0.9,en;q=0.8"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ];

    private const string Html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private readonly Samples _samples = new();
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    public string Name => "browse";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var platform = await BenchPlatform.StartAsync();
        var processes = platform.Processes;
        (string, int)[] backend =
        [
            ("catalog", processes["catalog"]),
            ("postgres", processes["postgres"]),
            ("redis", processes["redis"]),
        ];
        (string, int)[] storefront = [.. backend, ("storefront", processes["storefront"])];
        var list = platform.Address("catalog", "fruits");
        var page = platform.Address("storefront", $"fruits/{await FirstFruitAsync(list)}");
        await using var api = await Pair.StartAsync("GET /fruits", list, "application/json", backend);
        await using var html = await Pair.StartAsync("fruit page", page, Html, storefront);
        // The choice of a language is answered with a cookie: such a page is never kept.
        await using var drawn = await Pair.StartAsync(
            "fruit page, drawn anew",
            new Uri(page, page.AbsolutePath + "?culture=ko"),
            Html,
            storefront
        );
        Pair[] pairs = [api, html, drawn];
        foreach (var pair in pairs)
        {
            _notes.Add(pair.Described);
            // The services compile what they do often.
            await pair.Ours.MostAsync(settings.Duration);
        }

        for (var i = 0; i < settings.Repetitions; i++)
        {
            foreach (var pair in pairs)
            {
                await MeasureAsync(pair, settings.Duration);
            }
        }

        return new BenchResult(
            Name,
            _samples.Figures,
            [Ratio(api, 0.6), Ratio(html, 0.15), Ratio(drawn, null), .. pairs.Select(CpuRatio)],
            [],
            [.. _notes]
        );
    }

    private async Task MeasureAsync(Pair pair, TimeSpan duration)
    {
        await MeasureAsync($"{pair.Name}", pair.Ours, pair.Parties, duration);
        await MeasureAsync($"beside: bare server, {pair.Name}", pair.Bare, [("server", pair.BareProcess)], duration);
    }

    private async Task MeasureAsync(string name, HttpLoad load, (string, int)[] parties, TimeSpan duration)
    {
        var (most, cores) = await load.MostAsync(duration, parties);
        _samples.Add(name, "requests/s", most);
        _samples.Add(
            $"{name}: CPU without the generator",
            "µs/request",
            cores.Where(party => party.Key != CpuWatch.Generator).Sum(party => party.Value) / most * 1e6
        );
        foreach (var (party, used) in cores)
        {
            _samples.Add($"{name}: CPU of {party}", "µs/request", used / most * 1e6);
        }

        if (CpuWatch.Verdict(name, cores) is not null)
        {
            _notes.Add($"{name}: limited by the generator, which used most of the processor.");
        }

        var times = (await load.SteadyAsync(most / 2, duration)).Percentiles(0.5, 0.99);
        _samples.Add($"{name}: p50, half load", "ms", times[0]);
        _samples.Add($"{name}: p99, half load", "ms", times[1]);
    }

    private Goal Ratio(Pair pair, double? wanted) =>
        Goal.Ratio(
            $"{pair.Name} / bare server",
            _samples[pair.Name],
            _samples[$"beside: bare server, {pair.Name}"],
            wanted
        );

    private Goal CpuRatio(Pair pair) =>
        Goal.Ratio(
            $"{pair.Name} / bare server, CPU without the generator",
            _samples[$"{pair.Name}: CPU without the generator"],
            _samples[$"beside: bare server, {pair.Name}: CPU without the generator"],
            null,
            atLeast: false
        );

    private static async Task<Guid> FirstFruitAsync(Uri list)
    {
        using var http = new HttpClient();
        var fruits = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(list));
        return fruits.GetProperty("items")[0].GetProperty("id").GetGuid();
    }

    /// <summary>An address of ours, and a bare server that gives the same answer.</summary>
    private sealed class Pair(string name, HttpLoad ours, HttpLoad bare, OwnProcess server, (string, int)[] parties)
        : IAsyncDisposable
    {
        public string Name => name;

        public HttpLoad Ours => ours;

        public HttpLoad Bare => bare;

        public int BareProcess => server.Id;

        public (string, int)[] Parties => parties;

        public required string Described { get; init; }

        public static async Task<Pair> StartAsync(string name, Uri address, string accept, (string, int)[] parties)
        {
            (string, string)[] headers = [.. Browser, ("Accept", accept)];
            var answer = await CapturedAnswer.OfAsync(address, headers);
            var file = Path.GetTempFileName();
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(answer));
            var server = await OwnProcess.StartAsync(BytesServer.Role, file);
            File.Delete(file);
            return new Pair(
                name,
                new HttpLoad(address, headers),
                new HttpLoad(new Uri(server.Address, address.PathAndQuery), headers),
                server,
                parties
            )
            {
                Described = $"{name}: {answer.Body.Length:#,0} bytes, {answer.Encoding ?? "not compressed"}.",
            };
        }

        public async ValueTask DisposeAsync()
        {
            ours.Dispose();
            bare.Dispose();
            await server.DisposeAsync();
        }
    }
}
