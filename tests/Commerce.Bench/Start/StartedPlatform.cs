using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Bench.Core;
using Commerce.ServerProcesses.Processes;

namespace Commerce.Bench.Start;

/// <summary>A platform as <c>./commerce run --detach</c> starts it, watched from the first moment on.</summary>
internal sealed class StartedPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly string _home;

    private StartedPlatform(string home) => _home = home;

    /// <summary>From the command to the shop's first page.</summary>
    public required TimeSpan ToFirstPage { get; init; }

    /// <summary>From the command to its end: every resource is healthy.</summary>
    public required TimeSpan ToHealthy { get; init; }

    /// <summary>All processes of the platform by what they are: a resource, the dashboard, or <c>apphost</c> and <c>dcp</c>.</summary>
    public ILookup<string, int> Processes()
    {
        using var state = JsonDocument.Parse(File.ReadAllText(Path.Combine(_home, "run", "state.json")));
        var appHost = state.RootElement.GetProperty("pid").GetInt32();
        return DcpProcesses
            .Watching(appHost)
            .SelectMany(ProcessTimes.Tree)
            .Append(appHost)
            .Distinct()
            .ToLookup(NameOf, StringComparer.Ordinal);
    }

    /// <param name="home">Absent: empty data. Otherwise the data that are there.</param>
    public static async Task<StartedPlatform> RunAsync(string home)
    {
        using var limit = new CancellationTokenSource(Timeout);
        var shop = FreePort.Next();
        var began = Stopwatch.GetTimestamp();
        var healthy = TimeAsync(CommandAsync(home, shop, "run", "--detach"), began);
        var firstPage = TimeAsync(FirstPageAsync(shop, limit.Token), began);
        if (await Task.WhenAny(firstPage, healthy) == healthy && healthy.IsFaulted)
        {
            await limit.CancelAsync();
        }

        return new StartedPlatform(home) { ToHealthy = await healthy, ToFirstPage = await firstPage };
    }

    public async ValueTask DisposeAsync() => await CommandAsync(_home, shop: 0, "stop");

    private static string NameOf(int process)
    {
        var command = ProcessTree.CommandLineOf(process);
        // The dashboard is no part of the app model; PostgreSQL's processes give themselves other names.
        return command.Contains("Aspire.Dashboard", StringComparison.Ordinal) ? "dashboard"
            : command.Contains("/dcp ", StringComparison.Ordinal) ? "dcp"
            : command.Contains("postgres", StringComparison.Ordinal) ? "postgres"
            : command.Contains("redis-server", StringComparison.Ordinal) ? "redis"
            : Path.GetFileName(command.Split(' ').First(part => part.Contains("Commerce.", StringComparison.Ordinal)))
                .Replace(".dll", "", StringComparison.Ordinal);
    }

    private static async Task<TimeSpan> TimeAsync(Task work, long began)
    {
        await work;
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task FirstPageAsync(int shop, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var page = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{shop}/"));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await IsPageAsync(http, page, cancellationToken))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // Not there yet.
            }

            await Task.Delay(Pause, cancellationToken);
        }
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

    private static async Task CommandAsync(string home, int shop, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "commerce"), arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = home;
        start.Environment["COMMERCE_CONFIGURATION"] = "Release";
        start.Environment["Ports__storefront"] = shop.ToString(CultureInfo.InvariantCulture);
        using var command = Process.Start(start)!;
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        if (command.ExitCode != 0)
        {
            throw new InvalidOperationException($"./commerce {string.Join(' ', arguments)} failed:\n{output}");
        }
    }
}
