using System.Globalization;

namespace Commerce.NativeHosting.Processes;

/// <summary>What /proc tells about processes that are not ours to wait for.</summary>
internal static class ProcessTree
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
        return
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(folder =>
                    int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0
                )
                .Where(id => id != 0 && StatusOf(id)?.Contains(mark, StringComparison.Ordinal) == true),
        ];
    }

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
