using System.Globalization;
using Dapper;
using Spectre.Console;

namespace Commerce.Chaos;

/// <summary>What a long run must not let grow, at one moment.</summary>
/// <param name="At">Since the run began.</param>
/// <param name="MemoryMb">Resident memory of all services' processes, in MB.</param>
/// <param name="Connections">Sessions of PostgreSQL.</param>
/// <param name="SlotLagMb">How much log the slowest replication slot keeps PostgreSQL from dropping, in MB.</param>
/// <param name="Files">Open file descriptors of all services' processes.</param>
internal sealed record ResourceSamples(TimeSpan At, long MemoryMb, int Connections, long SlotLagMb, int Files)
{
    public const string Promise = "nothing grows";

    private const double Allowed = 1.25;

    public static async Task<ResourceSamples> TakeAsync(PlatformUnderTest platform, TimeSpan at)
    {
        var (memory, files) = (0L, 0);
        foreach (
            var process in platform.Resources.Where(resource => resource.IsProject).Select(resource => resource.Pid)
        )
        {
            var folder = $"/proc/{process}";
            // A process may end between the question and the look; its successor is counted the next time.
            if (Directory.Exists(folder))
            {
                var pages = (await File.ReadAllTextAsync($"{folder}/statm")).Split(' ')[1];
                memory += long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
                files += Directory.GetFiles($"{folder}/fd").Length;
            }
        }

        await using var database = await platform.OpenAsync("postgres");
        var connections = await database.ExecuteScalarAsync<int>("select count(*) from pg_stat_activity");
        var lag = await database.ExecuteScalarAsync<long>(
            "select coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::bigint from pg_replication_slots"
        );
        return new ResourceSamples(at, memory / 1_000_000, connections, lag / 1_000_000, files);
    }

    /// <summary>The last third against the first after warming up: more than a quarter above it is growth.</summary>
    public static IEnumerable<Violation> Growth(IReadOnlyList<ResourceSamples> all)
    {
        if (all.Count < 9)
        {
            yield break;
        }

        var third = all.Count / 3;
        foreach (
            var (name, of, slack) in new (string, Func<ResourceSamples, long>, long)[]
            {
                ("memory, MB", v => v.MemoryMb, 100),
                ("connections", v => v.Connections, 10),
                ("slot lag, MB", v => v.SlotLagMb, 32),
                ("open files", v => v.Files, 50),
            }
        )
        {
            var (first, last) = (Median(all.Take(third).Select(of)), Median(all.TakeLast(third).Select(of)));
            if (last > first * Allowed + slack)
            {
                yield return new Violation(Promise, $"{name}: {first} in the first third, {last} in the last");
            }
        }
    }

    public static Table Table(IReadOnlyList<ResourceSamples> all)
    {
        var table = new Table().AddColumns("after min", "memory MB", "connections", "slot lag MB", "open files");
        // A dozen lines tell it.
        foreach (var vitals in all.Where((_, i) => i % Math.Max(1, all.Count / 12) == 0).Append(all[^1]).Distinct())
        {
            table.AddRow(
                vitals.At.TotalMinutes.ToString("0.0", CultureInfo.InvariantCulture),
                vitals.MemoryMb.ToString(CultureInfo.InvariantCulture),
                vitals.Connections.ToString(CultureInfo.InvariantCulture),
                vitals.SlotLagMb.ToString(CultureInfo.InvariantCulture),
                vitals.Files.ToString(CultureInfo.InvariantCulture)
            );
        }

        return table;
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
