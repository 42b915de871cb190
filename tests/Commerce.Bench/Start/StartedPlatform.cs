using System.Diagnostics;
using System.Text.Json;

namespace Commerce.Bench.Start;

/// <summary>A platform as <c>./commerce run --detach</c> starts it, watched from the first moment on.</summary>
internal sealed class StartedPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly string _home;

    private StartedPlatform(string home) => _home = home;

    /// <summary>From the command to the shop's first page.</summary>
    public required TimeSpan ToFirstPage { get; init; }

    /// <summary>From the command to its end: every resource is healthy.</summary>
    public required TimeSpan ToHealthy { get; init; }

    /// <summary>The AppHost, which is the parent of all the others.</summary>
    public int Engine =>
        JsonSerializer
            .Deserialize<JsonElement>(File.ReadAllText(Path.Combine(_home, "run", "state.json")))
            .GetProperty("pid")
            .GetInt32();

    public PlatformUnderTest Attach() => PlatformUnderTest.Attach(_home);

    /// <param name="home">Absent: empty data. Otherwise the data that are there.</param>
    public static async Task<StartedPlatform> RunAsync(string home)
    {
        // What an earlier platform left would speak for this one.
        if (Directory.Exists(home))
        {
            File.Delete(Path.Combine(home, "run", "starting.json"));
        }

        using var limit = new CancellationTokenSource(Patience);
        var began = Stopwatch.GetTimestamp();
        var healthy = TimeAsync(CommandAsync(home, "run", "--detach"), began);
        var firstPage = TimeAsync(FirstPageAsync(home, limit.Token), began);
        if (await Task.WhenAny(firstPage, healthy) == healthy && healthy.IsFaulted)
        {
            await limit.CancelAsync();
        }

        return new StartedPlatform(home) { ToHealthy = await healthy, ToFirstPage = await firstPage };
    }

    public async ValueTask DisposeAsync() => await CommandAsync(_home, "stop");

    private static async Task<TimeSpan> TimeAsync(Task work, long began)
    {
        await work;
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Asks for the front page as soon as it is known where that will be.</summary>
    private static async Task FirstPageAsync(string home, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        Uri? shop = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                shop ??= await ShopAsync(http, home, cancellationToken);
                if (shop is not null && await IsPageAsync(http, shop, cancellationToken))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
                // Not there yet.
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The engine says where everything will answer before it starts the first server.</summary>
    private static async Task<Uri?> ShopAsync(HttpClient http, string home, CancellationToken cancellationToken)
    {
        var file = Path.Combine(home, "run", "starting.json");
        if (!File.Exists(file))
        {
            return null;
        }

        var state = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, cancellationToken));
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(new Uri(state.GetProperty("controlUrl").GetString()!), "urls")
        );
        request.Headers.Add("X-Commerce-Token", state.GetProperty("token").GetString());
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var urls = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(cancellationToken));
        return urls.TryGetProperty("storefront", out var shop) ? new Uri(shop.GetString()!) : null;
    }

    private static async Task<bool> IsPageAsync(HttpClient http, Uri shop, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, shop);
        request.Headers.Add("Accept", "text/html");
        using var response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode
            && (await response.Content.ReadAsStringAsync(cancellationToken)).Contains(
                "</html>",
                StringComparison.Ordinal
            );
    }

    private static async Task CommandAsync(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "commerce"), arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = home;
        start.Environment["COMMERCE_CONFIGURATION"] = "Release";
        using var command = Process.Start(start)!;
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        if (command.ExitCode != 0)
        {
            throw new InvalidOperationException($"./commerce {string.Join(' ', arguments)} failed:\n{output}");
        }
    }
}
