using System.Text.Json;
using Commerce.Platform.Tests.Browsing;
using Commerce.PlatformTesting;

namespace Commerce.Platform.Tests;

/// <summary>The whole platform with its dashboard, started once for all tests from its app model.</summary>
public sealed class Platform : IAsyncLifetime
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(60);
    private PlatformUnderTest _running = null!;

    /// <summary>The URLs of <c>./commerce urls --json</c>.</summary>
    public IReadOnlyDictionary<string, string> Urls => _running.Urls;

    public Market Market { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _running = await PlatformUnderTest.StartAsync(
            new PlatformSettings
            {
                Dashboard = true,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    // Faster than a person wants, slow enough that a test can cancel in between.
                    ["Delivery__ReadyFor"] = "00:00:02",
                    ["Delivery__OnRouteFor"] = "00:00:02",
                },
                // Each connection of a browser may reach the other one: whatever is not shared by both breaks some test.
                Replicas = new Dictionary<string, int>(StringComparer.Ordinal) { ["storefront"] = 2 },
            }
        );
        Market = new Market(Urls);
    }

    /// <summary>SIGKILLs a resource, all of its replicas, or one of them by its id; it is started again.</summary>
    public Task KillAsync(string resource) => _running.KillAsync(resource);

    /// <summary>Ends a resource and keeps it down until what is returned is disposed; then it is healthy again.</summary>
    public async Task<IAsyncDisposable> StopAsync(string resource)
    {
        await _running.StopAsync(resource);
        return new Stopped(_running, resource);
    }

    /// <summary>A resource's processes, more than one where it has replicas.</summary>
    public IReadOnlyList<PlatformResource> ProcessesOf(string resource) => _running.ProcessesOf(resource);

    /// <param name="resource">Null = everything.</param>
    public Task WaitUntilHealthyAsync(string? resource = null) => _running.WaitUntilHealthyAsync(BackWithin, resource);

    /// <summary>What every process of the platform wrote so far, by its name.</summary>
    public Task<IReadOnlyDictionary<string, string>> LogsAsync() => _running.LogsAsync();

    /// <summary>What the platform keeps in files that only its owner reads: passwords and keys.</summary>
    public Task<string> SecretAsync(string name) => _running.SecretAsync(name);

    /// <summary>Telemetry that the dashboard has, as JSON: <c>spans</c>, <c>logs</c>.</summary>
    public Task<string> TelemetryAsync(string query) => _running.TelemetryAsync(query);

    /// <summary>Names of the services that have a span in the trace, as the dashboard shows it.</summary>
    public async Task<HashSet<string>> ServicesInTraceAsync(string traceId)
    {
        var spans = JsonSerializer.Deserialize<JsonElement>(
            await TelemetryAsync($"spans?traceId={traceId}&limit=10000")
        );
        return
        [
            .. from resource in spans.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
            where resource.GetRawText().Contains(traceId, StringComparison.OrdinalIgnoreCase)
            from attribute in resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
            where attribute.GetProperty("key").GetString() == "service.name"
            select attribute.GetProperty("value").GetProperty("stringValue").GetString()!,
        ];
    }

    /// <summary>Connection string of one of the platform's databases, for looking behind the scenes.</summary>
    public string Database(string name) => $"{Urls["postgres"]};Database={name}";

    public async Task DisposeAsync()
    {
        Market?.Dispose();
        if (_running is not null)
            await _running.DisposeAsync();
    }

    private sealed class Stopped(PlatformUnderTest platform, string resource) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await platform.StartAsync(resource);
            await platform.WaitUntilHealthyAsync(BackWithin, resource);
        }
    }
}

[CollectionDefinition(Name)]
public sealed class PlatformCollection : ICollectionFixture<Platform>, ICollectionFixture<Browser>
{
    public const string Name = "platform";
}
