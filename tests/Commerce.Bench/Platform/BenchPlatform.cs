using Commerce.Bench.Core;
using Commerce.Messaging.Kafka;
using Npgsql;

namespace Commerce.Bench.Platform;

/// <summary>A platform of the bench's own, of Release builds as the bench is one; empty but for the seed.</summary>
internal sealed class BenchPlatform : IAsyncDisposable
{
    /// <summary>
    /// Nobody's limits but the machine's: one generator stands for thousands of shoppers. Parcels leave when a farmer hands them
    /// over, not five seconds after the money came as in the demo. Nobody signs in again while a million orders are placed.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["RateLimits__Writes__PerSecond"] = "1000000",
        ["RateLimits__Writes__Burst"] = "1000000",
        ["RateLimits__SignIn__PerMinute"] = "1000000",
        ["Delivery__Automatic"] = "false",
        ["Tokens__Access"] = "12:00:00",
    };

    private readonly PlatformUnderTest _platform;

    private BenchPlatform(PlatformUnderTest platform) => _platform = platform;

    public IReadOnlyDictionary<string, string> Urls => _platform.Urls;

    /// <summary>Connection string without a database.</summary>
    public string Postgres => _platform.Urls["postgres"];

    /// <param name="settings">On top of what every project of the bench gets.</param>
    /// <param name="replicas">Processes of a project, by its name; one where nothing is said.</param>
    public static async Task<BenchPlatform> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null,
        IReadOnlyDictionary<string, int>? replicas = null
    ) =>
        new(
            await PlatformUnderTest.StartAsync(
                new PlatformSettings
                {
                    Environment = Settings
                        .Concat(settings ?? new Dictionary<string, string>())
                        .ToDictionary(StringComparer.Ordinal),
                    Replicas = replicas ?? new Dictionary<string, int>(),
                }
            )
        );

    public Uri Address(string service, string path) => new(new Uri(Urls[service]), path);

    public Task<NpgsqlConnection> OpenAsync(string database) => _platform.OpenAsync(database);

    /// <summary>Process ids by resource, of replicas each by its own name.</summary>
    public IReadOnlyDictionary<string, int> Processes =>
        _platform
            .Resources.GroupBy(resource => resource.Name)
            .SelectMany(all => all.Select(one => (Name: all.Count() == 1 ? one.Name : one.Id, one.Pid)))
            .Where(one => one.Pid is not null)
            .ToDictionary(one => one.Name, one => one.Pid!.Value, StringComparer.Ordinal);

    /// <summary>CPU seconds used so far, by resource, PostgreSQL's backends included.</summary>
    public IReadOnlyDictionary<string, double> CpuSeconds() =>
        Processes.ToDictionary(
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

    public ValueTask DisposeAsync() => _platform.DisposeAsync();
}
