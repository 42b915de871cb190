using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Tests;

/// <summary>A folder for the state of one platform; goes with the test.</summary>
internal sealed class Home : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("commerce-home-").FullName;

    public EnginePaths Paths => new(Path);

    public void Dispose()
    {
        foreach (var folder in ServerFolder.SubfoldersOf(Paths.Data))
        {
            ServerFolder.Remove(folder);
        }

        Directory.Delete(Path, recursive: true);
    }
}

internal sealed record About(int Pid, DateTimeOffset StartedAt);

internal sealed record ResourceInfo(string Name, string Kind, string State, string? Health, int? Pid, int Restarts);

/// <summary>The sample AppHost as a process of its own, so that it can be killed like a real one.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly HttpClient Http = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, PooledConnectionIdleTimeout = TimeSpan.Zero }
    );

    private readonly Home _home;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private PlatformState? _state;

    private SampleHost(Home home, string[] arguments)
    {
        _home = home;
        var assembly = typeof(SampleHost).Assembly.Location.Replace(".Tests", ".SampleHost", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["COMMERCE_HOME"] = home.Path;
        start.Environment["COMMERCE_DASHBOARD"] = "none";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int Pid => _process.Id;

    public PlatformState State => _state ?? throw new InvalidOperationException("Not up yet.");

    /// <summary>Everything it wrote; completes when it and all that holds its pipes are gone.</summary>
    public Task<string> Output => _output;

    public Task<string> Errors => _errors;

    /// <summary>Starts it and waits until everything is healthy.</summary>
    public static async Task<SampleHost> StartAsync(Home home, params string[] arguments)
    {
        var host = Launch(home, arguments);
        await host.UntilUpAsync();
        return host;
    }

    /// <summary>Starts it without waiting.</summary>
    public static SampleHost Launch(Home home, params string[] arguments) => new(home, arguments);

    public async Task UntilUpAsync()
    {
        await Until.TrueAsync(
            () => _process.HasExited || IsOurs(_home.Paths.State),
            "the sample is up",
            TimeSpan.FromSeconds(60)
        );
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"The sample ended: {await _errors}");
        }

        _state = Read(_home.Paths.State);
    }

    /// <summary>The state while it starts.</summary>
    public async Task UntilStartingAsync()
    {
        await Until.TrueAsync(() => File.Exists(_home.Paths.Starting), "the sample is starting");
        _state = Read(_home.Paths.Starting);
    }

    public async Task<T> GetAsync<T>(string resource, string path) =>
        (await Http.GetFromJsonAsync<T>(new Uri(new Uri(State.Urls[resource]), path), Json))!;

    public Task<About> AboutAsync(string resource) => GetAsync<About>(resource, "/about");

    public async Task<List<ResourceInfo>> ResourcesAsync()
    {
        using var answer = await ControlAsync(HttpMethod.Get, "/resources");
        return (await answer.Content.ReadFromJsonAsync<List<ResourceInfo>>(Json))!;
    }

    public async Task<ResourceInfo> ResourceAsync(string name) =>
        (await ResourcesAsync()).Single(resource => resource.Name == name);

    public async Task<HttpResponseMessage> ControlAsync(
        HttpMethod method,
        string path,
        string? token = null,
        object? body = null
    )
    {
        using var request = new HttpRequestMessage(method, State.ControlUrl + path);
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Add("X-Commerce-Token", token ?? State.Token);
        return await Http.SendAsync(request);
    }

    /// <summary>Ids of all processes of this platform but the AppHost's own, as a stranger sees them.</summary>
    public IReadOnlyList<int> Processes() =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id != 0 && id != Pid && ProcessTree.Exists(id) && BelongsToUs(id)),
        ];

    public async Task<int> StopAsync()
    {
        (await ControlAsync(HttpMethod.Post, "/shutdown")).Dispose();
        return await EndAsync();
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    public void Signal(int signal) => Libc.Signal(Pid, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Libc.Signal(Pid, Libc.SigTerm);
            await EndAsync();
        }

        _process.Dispose();
    }

    /// <summary>A platform that was killed leaves its file for as long as its guardian takes to remove it.</summary>
    private bool IsOurs(string file)
    {
        try
        {
            return File.Exists(file) && Read(file).Pid == Pid;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private bool BelongsToUs(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/environ").Contains(_home.Path, StringComparison.Ordinal)
                || ProcessTree.CommandLineOf(processId).Contains(_home.Path, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static PlatformState Read(string file) =>
        JsonSerializer.Deserialize<PlatformState>(File.ReadAllText(file), Json)!;
}

internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? bound = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, bound);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.ShouldBeLessThan(bound ?? TimeSpan.FromSeconds(20), $"waiting until {what}");
            await Task.Delay(20);
        }
    }
}
