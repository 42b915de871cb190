using System.Globalization;

namespace Commerce.Bench.Core;

/// <summary>What processes have used, as the kernel counts it. Linux only.</summary>
internal static class ProcessTimes
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds of a process, user and system, of all its threads and of children that it has waited for.</summary>
    public static double CpuSeconds(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The name in brackets may hold blanks.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The process and everything that it and its children have started.</summary>
    public static IReadOnlyList<int> Tree(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
            {
                try
                {
                    var stat = File.ReadAllText($"{folder}/stat");
                    parents[id] = int.Parse(
                        stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1],
                        CultureInfo.InvariantCulture
                    );
                }
                catch (IOException)
                {
                    // Gone meanwhile.
                }
            }
        }

        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents.Where(pair => pair.Value == tree[i]).Select(pair => pair.Key));
        }

        return tree;
    }

    /// <summary>Memory of its own plus its part of what it shares, in MB: the sum over processes counts nothing twice.</summary>
    public static double ProportionalMb(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/smaps_rollup")
                    .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
                    .Select(Kilobytes)
                    .FirstOrDefault() / 1024.0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public static double ResidentMb(int process) =>
        File.ReadLines($"/proc/{process}/status")
            .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(Kilobytes)
            .Single() / 1024.0;

    private static double Kilobytes(string line) =>
        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
