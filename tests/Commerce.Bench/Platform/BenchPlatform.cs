using System.Diagnostics;
using Commerce.Bench.Core;
using Npgsql;

namespace Commerce.Bench.Platform;

/// <summary>A platform of the bench's own, as <c>./commerce run --detach</c> starts it from Release builds; empty but for the seed.</summary>
internal sealed class BenchPlatform : IAsyncDisposable
{
    /// <summary>
    /// Nobody's limits but the machine's: one generator stands for thousands of shoppers. Parcels leave when a farmer hands them
    /// over, not five seconds after the money came as in the demo. Nobody signs in again while a million orders are placed.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["COMMERCE_CONFIGURATION"] = "Release",
        ["COMMERCE_DASHBOARD"] = "none",
        ["RateLimits__Writes__PerSecond"] = "1000000",
        ["RateLimits__Writes__Burst"] = "1000000",
        ["RateLimits__SignIn__PerMinute"] = "1000000",
        ["Delivery__Automatic"] = "false",
        ["Tokens__Access"] = "12:00:00",
    };

    private readonly string _home;
    private readonly PlatformUnderTest _platform;

    private BenchPlatform(string home, PlatformUnderTest platform, TimeSpan startTime) =>
        (_home, _platform, StartTime) = (home, platform, startTime);

    /// <summary>From the command to the last healthy resource.</summary>
    public TimeSpan StartTime { get; }

    public IReadOnlyDictionary<string, string> Urls => _platform.Urls;

    /// <summary>Connection string without a database.</summary>
    public string Postgres => _platform.Urls["postgres"];

    public static async Task<BenchPlatform> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var home = Path.Combine(Path.GetTempPath(), "commerce-bench-" + Guid.NewGuid().ToString("N"));
        var began = Stopwatch.GetTimestamp();
        await CommandAsync(home, ["run", "--detach"], settings);
        return new BenchPlatform(home, PlatformUnderTest.Attach(home), Stopwatch.GetElapsedTime(began));
    }

    public Uri Address(string service, string path) => new(new Uri(Urls[service]), path);

    public Task<NpgsqlConnection> OpenAsync(string database) => _platform.OpenAsync(database);

    /// <summary>Process ids by resource; <c>apphost</c> is the engine itself.</summary>
    public async Task<IReadOnlyDictionary<string, int>> ProcessesAsync() =>
        (await _platform.ResourcesAsync())
            .Where(resource => resource.Pid is not null)
            .ToDictionary(resource => resource.Name, resource => resource.Pid!.Value, StringComparer.Ordinal);

    /// <summary>CPU seconds used so far, by resource, PostgreSQL's backends included.</summary>
    public async Task<IReadOnlyDictionary<string, double>> CpuSecondsAsync() =>
        (await ProcessesAsync()).ToDictionary(
            pair => pair.Key,
            pair => ProcessTimes.Tree(pair.Value).Sum(ProcessTimes.CpuSeconds),
            StringComparer.Ordinal
        );

    /// <summary>Bytes that PostgreSQL has written into its log since it was made.</summary>
    public async Task<long> WalBytesAsync()
    {
        await using var connection = await OpenAsync("postgres");
        await using var command = new NpgsqlCommand(
            "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        _platform.Dispose();
        await CommandAsync(_home, ["stop"], null);
        Directory.Delete(_home, recursive: true);
    }

    private static async Task CommandAsync(
        string home,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? settings
    )
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "commerce"), arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = home;
        foreach (var (name, value) in Settings.Concat(settings ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        using var command = Process.Start(start)!;
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        if (command.ExitCode != 0)
        {
            throw new InvalidOperationException($"./commerce {string.Join(' ', arguments)} failed:\n{output}");
        }
    }
}
