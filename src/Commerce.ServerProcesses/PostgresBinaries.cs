using System.Globalization;

namespace Commerce.ServerProcesses;

/// <summary>Finds the folder that holds initdb and postgres.</summary>
internal static class PostgresBinaries
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The newest binaries of this machine, or those of the version that wrote the data folder.</summary>
    /// <exception cref="InvalidOperationException">None here, or none of the data's version.</exception>
    public static string Find(string dataDirectory)
    {
        var versionFile = Path.Combine(dataDirectory, "PG_VERSION");
        var wanted = File.Exists(versionFile) ? ReadVersion(versionFile) : null;
        var all = Candidates().ToList();
        if (all.Count == 0)
        {
            throw new InvalidOperationException(
                "PostgreSQL's server binaries are missing. Install them: apt-get install -y postgresql"
            );
        }

        if (wanted is null)
        {
            return all[0];
        }

        return all.Find(folder => Path.GetFileName(Path.GetDirectoryName(folder)) == wanted)
            ?? (
                all.TrueForAll(folder => !folder.StartsWith(DebianRoot, StringComparison.Ordinal))
                    ? all[0]
                    : throw new InvalidOperationException(
                        $"The data in {dataDirectory} are of PostgreSQL {wanted}, which is not installed. "
                            + $"Install postgresql-{wanted}, or start afresh: ./commerce run --fresh"
                    )
            );
    }

    private static IEnumerable<string> Candidates()
    {
        if (Directory.Exists(DebianRoot))
        {
            var versions = Directory
                .EnumerateDirectories(DebianRoot)
                .OrderByDescending(folder =>
                    decimal.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version)
                        ? version
                        : 0
                );
            foreach (var folder in versions.Select(version => Path.Combine(version, "bin")).Where(IsComplete))
            {
                yield return folder;
            }
        }

        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var folder in path.Where(IsComplete))
        {
            yield return folder;
        }
    }

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));

    private static string? ReadVersion(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
