using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Commerce.ServerProcesses;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Commerce.AppHost.Platform;

/// <summary>
/// Says when everything is healthy, on the console and in <c>run/state.json</c>, which holds secrets: PostgreSQL's password, the
/// dashboard's keys. Or why that did not happen, in <c>run/failure.txt</c>.
/// </summary>
internal sealed class PlatformReport(
    PlatformHome home,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IConfiguration configuration,
    ILogger<PlatformReport> logger
)
{
    private const string Dashboard = "aspire-dashboard";
    private const int LastLines = 6;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly ConcurrentDictionary<string, ResourceEvent> _latest = new(StringComparer.Ordinal);

    /// <summary>Completes when it has been said.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(configuration.GetValue("PlatformTimeoutSeconds", 180));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(limit);
        var began = DateTime.UtcNow;
        try
        {
            var healthy = Task.WhenAll(
                Processes().Select(resource => notifications.WaitForResourceHealthyAsync(resource.Name, bound.Token))
            );
            // The other one ends only by a failure.
            await await Task.WhenAny(healthy, FollowAsync(bound.Token));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            await FailAsync($"not healthy within {limit.TotalSeconds:0} s");
            return;
        }
        catch (DistributedApplicationException failure)
        {
            await FailAsync(failure.Message);
            return;
        }

        var urls = await UrlsAsync(cancellationToken);
        Write(new PlatformState(Environment.ProcessId, urls, DashboardKey()));
        Announce(urls, DateTime.UtcNow - began);
    }

    private async Task FailAsync(string problem)
    {
        var reason = $"{problem}: {await DescribeIllAsync()}";
        logger.LogError("The platform did not come up: {Reason}", reason);
        Secret.Write(home.Failure, reason + Environment.NewLine);
    }

    private IEnumerable<IResource> Processes() =>
        model.Resources.Where(resource => resource is ProjectResource or ContainerResource);

    private async Task<Dictionary<string, string>> UrlsAsync(CancellationToken cancellationToken)
    {
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in model.Resources)
        {
            switch (resource)
            {
                case ProjectResource project:
                    urls[project.Name] = project.GetEndpoint("http").Url;
                    break;
                case PostgresServerResource postgres:
                    urls[postgres.Name] = (await postgres.ConnectionStringExpression.GetValueAsync(cancellationToken))!;
                    break;
                case ContainerResource server:
                    var tcp = server.GetEndpoint("tcp");
                    urls[server.Name] = string.Create(CultureInfo.InvariantCulture, $"{tcp.Host}:{tcp.Port}");
                    break;
                case { Name: Dashboard }:
                    urls["dashboard"] =
                        $"{configuration["ASPNETCORE_URLS"]}/login?t={configuration["AppHost:BrowserToken"]}";
                    break;
            }
        }

        return urls;
    }

    private string? DashboardKey() =>
        model.Resources.Any(resource => resource.Name == Dashboard) ? configuration["AppHost:DashboardApiKey"] : null;

    /// <summary>Whole or not at all: a reader polls for the file.</summary>
    private void Write(PlatformState state)
    {
        var draft = home.State + ".new";
        Secret.Write(draft, JsonSerializer.Serialize(state, Json));
        File.Move(draft, home.State, overwrite: true);
    }

    private static void Announce(IReadOnlyDictionary<string, string> urls, TimeSpan took)
    {
        Console.WriteLine();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Everything is up after {took.TotalSeconds:0.0} s.")
        );
        Console.WriteLine();
        // A connection string has a password: `./commerce urls --json` gives it to whoever asks for it.
        foreach (var (name, url) in urls.Where(url => url.Value.StartsWith("http", StringComparison.Ordinal)))
        {
            Console.WriteLine($"  {name, -18}{url}");
        }

        Console.WriteLine(
            """

              Demo accounts (development only), password Commerce!2026:
              shopper           shopper@commerce.local
              farmer            farmer@commerce.local
              admin             admin@commerce.local

            """
        );
    }

    private async Task<string> DescribeIllAsync()
    {
        var expected = Processes().ToHashSet();
        var ill = new List<string>();
        foreach (var (id, state) in _latest.Where(one => expected.Contains(one.Value.Resource)))
        {
            if (state.Snapshot.HealthStatus != HealthStatus.Healthy)
            {
                ill.Add($"{id} ({state.Snapshot.State?.Text}{await LogTailAsync(id)})");
            }
        }

        return string.Join(", ", ill);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            _latest[change.ResourceId] = change;
            if (
                change.Snapshot.State?.Text == KnownResourceStates.FailedToStart
                && Processes().Contains(change.Resource)
            )
            {
                throw new DistributedApplicationException($"{change.Resource.Name} failed to start");
            }
        }
    }

    private async Task<string> LogTailAsync(string resourceId)
    {
        var lines = new List<string>();
        await foreach (var batch in loggers.GetAllAsync(resourceId))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return lines.Count == 0 ? "" : ": " + string.Join(" | ", lines.TakeLast(LastLines));
    }

    /// <param name="Pid">Process of the app host.</param>
    /// <param name="Urls">As <c>./commerce urls --json</c> prints them.</param>
    /// <param name="DashboardApiKey">Value of the header x-api-key for the dashboard's /api/telemetry; null without a dashboard.</param>
    private sealed record PlatformState(int Pid, IReadOnlyDictionary<string, string> Urls, string? DashboardApiKey);
}
