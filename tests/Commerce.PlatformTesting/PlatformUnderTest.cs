using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Commerce.PlatformTesting;

/// <summary>One process of the platform, as its app host sees it.</summary>
/// <param name="Id">Name of this process alone, where a resource has replicas.</param>
/// <param name="Name">Name in the app model.</param>
public sealed record PlatformResource(string Id, string Name, bool IsProject, string? State, bool IsHealthy, int? Pid);

/// <summary>The whole platform, started from its app model in this process: where it answers, and how to hurt it.</summary>
public sealed class PlatformUnderTest : IAsyncDisposable
{
    private const string Kill = "kill";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DistributedApplication _application;
    private readonly PlatformSettings _settings;
    private readonly Dictionary<string, IResource> _model;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _overrides;
    private readonly ConcurrentDictionary<string, ResourceEvent> _latest = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly HttpClient _http = new();
    private readonly Task _following;

    private PlatformUnderTest(
        DistributedApplication application,
        PlatformSettings settings,
        ConcurrentDictionary<string, Dictionary<string, string>> overrides
    )
    {
        (_application, _settings, _overrides) = (application, settings, overrides);
        Home = settings.Home!;
        _model = application
            .Services.GetRequiredService<DistributedApplicationModel>()
            .Resources.Where(resource => resource is ProjectResource or ContainerResource)
            .ToDictionary(resource => resource.Name, StringComparer.Ordinal);
        _following = FollowAsync();
    }

    /// <summary>Folder of its state.</summary>
    public string Home { get; }

    /// <summary>The URLs of <c>./commerce urls --json</c>.</summary>
    public IReadOnlyDictionary<string, string> Urls { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts it and waits until everything is healthy.</summary>
    /// <exception cref="InvalidOperationException">It does not come up; the message says what is ill.</exception>
    public static async Task<PlatformUnderTest> StartAsync(PlatformSettings settings)
    {
        var isOwn = settings.Home is null;
        settings = settings with
        {
            Home = settings.Home ?? Path.Combine(Path.GetTempPath(), $"commerce-{Guid.NewGuid():N}"[..20]),
        };
        var overrides = new ConcurrentDictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Commerce_AppHost>(
            [
                "--environment=Development",
                $"--COMMERCE_HOME={settings.Home}",
                // They are chosen free already, and the shop's is a preferred one as for a developer.
                "--DcpPublisher:RandomizePorts=false",
                $"--COMMERCE_SERVERS={settings.Servers}",
                .. settings.Replicas.Select(one => $"--Replicas:{one.Key}={one.Value}"),
            ],
            (options, _) =>
            {
                options.DisableDashboard = !settings.Dashboard;
                // Who wants to read what processes wrote asks for it.
                options.EnableResourceLogging = false;
            }
        );
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
            builder
                .CreateResourceBuilder(project)
                .WithEnvironment(context =>
                {
                    // At each start anew.
                    foreach (
                        var (name, value) in settings.Environment.Concat(
                            overrides.GetValueOrDefault(project.Name) ?? []
                        )
                    )
                    {
                        context.EnvironmentVariables[name] = value;
                    }
                });
        }

        var platform = new PlatformUnderTest(await builder.BuildAsync(), settings, overrides) { IsTemporary = isOwn };
        try
        {
            await platform._application.StartAsync().WaitAsync(StartLimit);
            await platform.ReadStateAsync();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every process, replicas one by one.</summary>
    public IReadOnlyList<PlatformResource> Resources =>
        [
            .. _latest
                .Values.Where(change => _model.ContainsKey(change.Resource.Name) && !IsForAllReplicas(change))
                .Select(Describe)
                .OrderBy(resource => resource.Id, StringComparer.Ordinal),
        ];

    /// <summary>The processes of a resource: one, or its replicas.</summary>
    public IReadOnlyList<PlatformResource> ProcessesOf(string name) =>
        [.. Resources.Where(resource => resource.Name == name || resource.Id == name)];

    /// <summary>SIGKILLs a resource, all of its replicas, or one of them by its id; it is started again.</summary>
    public Task KillAsync(string name) => ExecuteAsync(name, Kill);

    /// <summary>Ends a resource until it is started.</summary>
    public Task StopAsync(string name) => ExecuteAsync(name, KnownResourceCommands.StopCommand);

    public Task StartAsync(string name) => ExecuteAsync(name, KnownResourceCommands.StartCommand);

    /// <summary>Holds from the next start of the project on; an empty one takes it back.</summary>
    public void SetEnvironment(string project, Dictionary<string, string> environment) =>
        _overrides[project] = environment;

    /// <summary>Signals every process of a resource (<c>STOP</c>, <c>CONT</c>, <c>INT</c>, <c>QUIT</c>).</summary>
    public async Task SignalAsync(string name, string signal)
    {
        foreach (var pid in ProcessesOf(name).Select(process => process.Pid).OfType<int>())
        {
            using var kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }
    }

    /// <summary>Waits until every process of a resource, or of all, is healthy again.</summary>
    /// <exception cref="TimeoutException">One is not, in time.</exception>
    public async Task WaitUntilHealthyAsync(TimeSpan limit, string? name = null)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var ill = (name is null ? Resources : ProcessesOf(name)).Where(resource => !resource.IsHealthy).ToList();
            if (ill.Count == 0)
            {
                return;
            }

            if (waited.Elapsed > limit)
            {
                throw new TimeoutException($"Not healthy within {limit.TotalSeconds:0} s: {string.Join(", ", ill)}");
            }

            await Task.Delay(Pause);
        }
    }

    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection($"{Urls["postgres"]};Database={database};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Removes everything from Redis, its files included.</summary>
    public async Task EmptyRedisAsync()
    {
        var address = Urls["redis"].Split(':');
        using var client = new TcpClient(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        var password = await SecretAsync("redis-password");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nFLUSHALL\r\n"));
        foreach (var command in new[] { "AUTH", "FLUSHALL" })
        {
            if (await reader.ReadLineAsync() is not "+OK")
            {
                throw new InvalidOperationException($"Redis refused {command}.");
            }
        }
    }

    /// <summary>What the payment provider's own books say about an order: how often it was charged, how often refunded.</summary>
    public async Task<(int Charges, int Refunds, long BalanceKrw)> LedgerAsync(Guid orderId)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(new Uri(Urls["payment-provider"]), $"v1/ledger?orderId={orderId}")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(await SecretAsync("payment-provider-key") + ":"))
        );
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var ledger = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (
            ledger.GetProperty("charges").GetArrayLength(),
            ledger.GetProperty("refunds").GetArrayLength(),
            ledger.GetProperty("balanceKrw").GetInt64()
        );
    }

    /// <summary>What every process of the platform wrote so far, by its id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LogsAsync()
    {
        var loggers = _application.Services.GetRequiredService<ResourceLoggerService>();
        var logs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in _latest.Keys)
        {
            var text = new StringBuilder();
            await foreach (var lines in loggers.GetAllAsync(id))
            {
                foreach (var line in lines)
                {
                    text.AppendLine(line.Content);
                }
            }

            logs[id] = text.ToString();
        }

        return logs;
    }

    /// <summary>What the platform keeps in files that only its owner reads: passwords and keys.</summary>
    public async Task<string> SecretAsync(string name) =>
        (await File.ReadAllTextAsync(Path.Combine(Home, "secrets", name))).Trim();

    /// <summary>Telemetry that the dashboard has, as JSON: <c>spans</c>, <c>logs</c>.</summary>
    public async Task<string> TelemetryAsync(string query)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(new Uri(Urls["dashboard"]), $"/api/telemetry/{query}")
        );
        request.Headers.Add("x-api-key", await SecretAsync("dashboard-api-key"));
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _following;
        await _application.StopAsync();
        await _application.DisposeAsync();
        _http.Dispose();
        _ending.Dispose();
        if (IsTemporary)
        {
            ServerProcesses.ServerFolder.Remove(Path.Combine(Home, "data", "postgres"));
            Directory.Delete(Home, recursive: true);
            await RemoveVolumesAsync();
        }
    }

    /// <summary>The data of servers that were containers are not in the folder.</summary>
    private async Task RemoveVolumesAsync()
    {
        var volumes = _model
            .Values.Where(resource => resource.Annotations.OfType<ContainerImageAnnotation>().Any())
            .SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>())
            .Where(mount => mount.Type == ContainerMountType.Volume)
            .Select(mount => mount.Source!)
            .ToList();
        if (volumes.Count > 0)
        {
            var engine = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? "docker";
            using var remove = Process.Start(
                new ProcessStartInfo(engine, ["volume", "rm", "--force", .. volumes])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                }
            )!;
            await remove.StandardOutput.ReadToEndAsync();
            await remove.WaitForExitAsync();
        }
    }

    private bool IsTemporary { get; init; }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in _application.ResourceNotifications.WatchAsync(_ending.Token))
            {
                _latest[change.ResourceId] = change;
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the platform.
        }
    }

    /// <summary>The app host says in a file when everything is up, or why it is not.</summary>
    private async Task ReadStateAsync()
    {
        var (state, failure) = (Path.Combine(Home, "run", "state.json"), Path.Combine(Home, "run", "failure.txt"));
        var waited = Stopwatch.StartNew();
        while (!File.Exists(state))
        {
            if (File.Exists(failure) || waited.Elapsed > StartLimit)
            {
                var reason = File.Exists(failure) ? await File.ReadAllTextAsync(failure) : string.Join('\n', Resources);
                throw new InvalidOperationException($"The platform did not start: {reason}");
            }

            await Task.Delay(Pause);
        }

        Urls = JsonDocument
            .Parse(await File.ReadAllTextAsync(state))
            .RootElement.GetProperty("urls")
            .EnumerateObject()
            .ToDictionary(url => url.Name, url => url.Value.GetString()!);
    }

    private async Task ExecuteAsync(string name, string command)
    {
        var commands = _application.Services.GetRequiredService<ResourceCommandService>();
        var result = _model.TryGetValue(name, out var resource)
            ? await commands.ExecuteCommandAsync(resource, command)
            : await commands.ExecuteCommandAsync(name, command);
        if (!result.Success)
        {
            throw new InvalidOperationException($"{command} {name}: {result.Message}");
        }
    }

    // What concerns all replicas at once is also published under the name alone.
    private bool IsForAllReplicas(ResourceEvent change) =>
        change.Resource is ProjectResource && change.ResourceId == change.Resource.Name;

    private static PlatformResource Describe(ResourceEvent change) =>
        new(
            change.ResourceId,
            change.Resource.Name,
            change.Resource is ProjectResource,
            change.Snapshot.State?.Text,
            change.Snapshot.HealthStatus == HealthStatus.Healthy,
            change.Snapshot.State?.Text == KnownResourceStates.Running
            && change.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value
                is { } pid
                ? Convert.ToInt32(pid, CultureInfo.InvariantCulture)
                : null
        );
}
