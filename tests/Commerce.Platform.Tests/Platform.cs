using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Platform.Tests.Browsing;
using Commerce.Testing;

namespace Commerce.Platform.Tests;

/// <summary>
/// The whole platform, started once for all tests as a developer starts it: the AppHost on the native engine. With
/// <c>COMMERCE_ATTACH=1</c> the tests use the platform that this checkout runs already (<c>./commerce run --detach</c>) and
/// leave it running: that saves its start while one writes a test.
/// </summary>
public sealed class Platform : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private static readonly bool Attached = Environment.GetEnvironmentVariable("COMMERCE_ATTACH") is "1";

    private readonly string _home = Attached
        ? Environment.GetEnvironmentVariable("COMMERCE_HOME") ?? Path.Combine(RepositoryRoot.Path, ".commerce")
        : Path.Combine(Path.GetTempPath(), $"commerce-{Guid.NewGuid():N}"[..20]);
    private readonly List<string> _output = [];
    private Process? _appHost;
    private HttpClient? _control;

    /// <summary>The URLs of <c>./commerce urls --json</c>.</summary>
    public Dictionary<string, string> Urls { get; private set; } = [];

    public Market Market { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!Attached)
            Start();

        var state = await WaitForStateAsync();
        Urls = state.GetProperty("urls").EnumerateObject().ToDictionary(url => url.Name, url => url.Value.GetString()!);
        _control = new HttpClient { BaseAddress = new Uri(state.GetProperty("controlUrl").GetString()!) };
        _control.DefaultRequestHeaders.Add("X-Commerce-Token", state.GetProperty("token").GetString());
        Market = new Market(Urls);
    }

    /// <summary>SIGKILLs a resource (all of its replicas, or <c>storefront-1</c>); the engine starts it again.</summary>
    public Task KillAsync(string resource) => ChangeAsync(resource, "kill");

    /// <summary>Ends a resource and keeps it down until what is returned is disposed; then it is healthy again.</summary>
    public async Task<IAsyncDisposable> StopAsync(string resource)
    {
        await ChangeAsync(resource, "stop");
        return new Stopped(this, resource);
    }

    public Task StartAsync(string resource) => ChangeAsync(resource, "start");

    /// <summary>State of a resource's processes, more than one where it has replicas: <c>{name, kind, state, health, pid, url, reason}</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> ProcessesAsync(string resource)
    {
        var all = await _control!.GetFromJsonAsync<JsonElement>(new Uri("resources", UriKind.Relative));
        return [.. all.EnumerateArray().Where(one => IsOf(resource, one.GetProperty("name").GetString()!))];
    }

    public async Task WaitUntilHealthyAsync(string resource) =>
        await Wait.UntilAsync(
            async () =>
                (await ProcessesAsync(resource)).All(process =>
                    string.Equals(
                        process.GetProperty("health").GetString(),
                        "healthy",
                        StringComparison.OrdinalIgnoreCase
                    )
                ),
            $"{resource} is healthy again",
            TimeSpan.FromSeconds(60)
        );

    /// <summary>What every process of the platform wrote so far, by the name of its file.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LogsAsync()
    {
        var logs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_home, "*.log*", SearchOption.AllDirectories))
        {
            // The processes are writing on.
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open);
            logs[Path.GetRelativePath(_home, file)] = await reader.ReadToEndAsync();
        }
        return logs;
    }

    /// <summary>What the platform keeps in files that only its owner reads: passwords and keys.</summary>
    public async Task<string> SecretAsync(string name) =>
        (await File.ReadAllTextAsync(Path.Combine(_home, "secrets", name))).Trim();

    /// <summary>Telemetry that the dashboard has, as JSON: <c>spans</c>, <c>logs</c>.</summary>
    public async Task<string> TelemetryAsync(string query)
    {
        using var dashboard = new HttpClient { BaseAddress = new Uri(new Uri(Urls["dashboard"]), "/") };
        dashboard.DefaultRequestHeaders.Add("x-api-key", await SecretAsync("dashboard-api-key"));
        return await dashboard.GetStringAsync(new Uri($"api/telemetry/{query}", UriKind.Relative));
    }

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
        if (_appHost is { HasExited: false })
        {
            using var stopped = new CancellationTokenSource(StopTimeout);
            if (_control is not null)
                (
                    await _control.PostAsync(new Uri("shutdown", UriKind.Relative), content: null, stopped.Token)
                ).Dispose();
            else
                _appHost.Kill(entireProcessTree: true);
            await _appHost.WaitForExitAsync(stopped.Token);
        }
        _appHost?.Dispose();
        _control?.Dispose();
        Market?.Dispose();
        if (!Attached && Directory.Exists(_home))
            Directory.Delete(_home, recursive: true);
    }

    /// <summary>Replicas are called after their resource: <c>storefront-1</c>, <c>storefront-2</c>.</summary>
    private static bool IsOf(string resource, string process) =>
        process == resource
        || (
            process.StartsWith($"{resource}-", StringComparison.Ordinal)
            && int.TryParse(process[(resource.Length + 1)..], out _)
        );

    private async Task ChangeAsync(string resource, string how)
    {
        using var response = await _control!.PostAsync(
            new Uri($"resources/{resource}/{how}", UriKind.Relative),
            content: null
        );
        response.EnsureSuccessStatusCode();
    }

    private void Start()
    {
        var start = new ProcessStartInfo("dotnet", [RepositoryRoot.AppHost])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = _home;
        // Faster than a person wants, slow enough that a test can cancel in between.
        start.Environment["Delivery__ReadyFor"] = "00:00:02";
        start.Environment["Delivery__OnRouteFor"] = "00:00:02";
        // Each connection of a browser may reach the other one: whatever is not shared by both breaks some test.
        start.Environment["Native__Replicas__storefront"] = "2";
        _appHost = Process.Start(start)!;
        _appHost.OutputDataReceived += (_, line) => Keep(line.Data);
        _appHost.ErrorDataReceived += (_, line) => Keep(line.Data);
        _appHost.BeginOutputReadLine();
        _appHost.BeginErrorReadLine();
    }

    private async Task<JsonElement> WaitForStateAsync()
    {
        var file = Path.Combine(_home, "run", "state.json");
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (File.Exists(file))
                return JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file));
            if (_appHost is not { HasExited: false } || waited.Elapsed > StartTimeout)
                throw new InvalidOperationException($"The platform did not start:\n{Output()}");
            await Task.Delay(100);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
    }

    private sealed class Stopped(Platform platform, string resource) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await platform.StartAsync(resource);
            await platform.WaitUntilHealthyAsync(resource);
        }
    }

    private string Output()
    {
        lock (_output)
            return string.Join('\n', _output.TakeLast(60));
    }
}

[CollectionDefinition(Name)]
public sealed class PlatformCollection : ICollectionFixture<Platform>, ICollectionFixture<Browser>
{
    public const string Name = "platform";
}
