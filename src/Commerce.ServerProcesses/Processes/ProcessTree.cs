using System.Globalization;

namespace Commerce.ServerProcesses.Processes;

/// <summary>What /proc tells about processes that are not ours to wait for.</summary>
public static class ProcessTree
{
    public static bool Exists(int processId) =>
        StatusOf(processId) is { } status && !status.Contains("\nState:\tZ", StringComparison.Ordinal);

    /// <summary>The command line with blanks between its parts; empty when there is no such process.</summary>
    public static string CommandLineOf(int processId) =>
        (Read($"/proc/{processId}/cmdline") ?? string.Empty).Replace('\0', ' ').Trim();

    public static IReadOnlyList<int> ChildrenOf(int processId)
    {
        if (processId == 0)
        {
            return [];
        }

        var mark = $"\nPPid:\t{processId}\n";
        return [.. All().Where(id => StatusOf(id)?.Contains(mark, StringComparison.Ordinal) == true)];
    }

    /// <summary>The process and everything below it, parents first.</summary>
    public static IReadOnlyList<int> WithDescendants(int processId) =>
        [processId, .. ChildrenOf(processId).SelectMany(WithDescendants)];

    /// <summary>Processes that have <c>name=value</c> in their environment, without this one.</summary>
    public static IReadOnlyList<int> WithEnvironment(string name, string value)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        var entry = $"\0{name}={value}\0";
        return
        [
            .. All()
                .Where(id =>
                    id != Environment.ProcessId
                    && $"\0{Read($"/proc/{id}/environ")}".Contains(entry, StringComparison.Ordinal)
                    && Exists(id)
                ),
        ];
    }

    /// <summary>Every process of the machine that may be looked at.</summary>
    public static IEnumerable<int> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0);

    private static string? StatusOf(int processId) => Read($"/proc/{processId}/status");

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
