using System.Diagnostics;

namespace Commerce.Architecture.Tests;

/// <summary>The files of the checkout that git knows or would add.</summary>
internal static class Checkout
{
    public static string Root => RepositoryRoot.Path;

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static IEnumerable<string> ProductFiles(params string[] extensions) =>
        Files.Where(file =>
            (
                file.StartsWith("src/", StringComparison.Ordinal)
                || file.StartsWith("web/", StringComparison.Ordinal)
                || file.StartsWith("Commerce.", StringComparison.Ordinal)
            ) && extensions.Contains(Path.GetExtension(file))
        );

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    private static string[] ListFiles()
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                WorkingDirectory = Root,
            }
        )!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(file => File.Exists(Path.Combine(Root, file))),
        ];
    }
}
