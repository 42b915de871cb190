using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Commerce.Bench.Core;

/// <summary>What the figures were measured on.</summary>
internal static class MachineFacts
{
    public static IReadOnlyDictionary<string, string> Read() =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["processor"] = First("/proc/cpuinfo", "model name"),
            ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["memory"] = string.Create(
                CultureInfo.InvariantCulture,
                $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB"
            ),
            ["system"] = RuntimeInformation.OSDescription,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
        };

    /// <summary>Load of the last minute: what else was going on when the run began.</summary>
    public static double Load() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The commit that is measured, with a mark when files differ from it.</summary>
    public static string Commit()
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=7"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                WorkingDirectory = RepositoryRoot.Path,
            }
        )!;
        return git.StandardOutput.ReadToEnd().Trim();
    }

    private static string First(string file, string name) =>
        File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
            .FirstOrDefault("unknown");
}
