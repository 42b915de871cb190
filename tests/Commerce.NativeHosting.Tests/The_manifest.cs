using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commerce.Testing;

namespace Commerce.NativeHosting.Tests;

/// <summary>
/// Compares with what the real Aspire 13.5 wrote for the same AppHost.cs (Data/manifest.aspire-13.5.json). Differences
/// that are meant: the hash in a volume's name (of the AppHost's path), and where the path of a project starts.
/// </summary>
public sealed partial class The_manifest
{
    [Fact]
    public async Task It_agrees_with_the_one_that_Aspire_wrote()
    {
        var folder = Directory.CreateTempSubdirectory("commerce-manifest-").FullName;
        var file = Path.Combine(folder, "manifest.json");
        try
        {
            await RunAppHostAsync("--publisher", "manifest", "--output-path", file);
            var ours = await FlattenAsync(file);
            var theirs = await FlattenAsync(
                Path.Combine(AppContext.BaseDirectory, "Data", "manifest.aspire-13.5.json")
            );

            theirs.Count.ShouldBeGreaterThan(200);
            ours.Except(theirs).ShouldBeEmpty("lines that only the native engine writes");
            theirs.Except(ours).ShouldBeEmpty("lines that only Aspire writes");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAppHostAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [RepositoryRoot.AppHost, .. arguments]) { UseShellExecute = false }
        )!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }

    /// <summary>One line per leaf: its path and its value.</summary>
    private static async Task<List<string>> FlattenAsync(string file)
    {
        var lines = new List<string>();
        Walk(JsonNode.Parse(await File.ReadAllTextAsync(file)), "");
        return lines;

        void Walk(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject entry:
                    foreach (var (name, value) in entry)
                    {
                        Walk(value, $"{path}/{name}");
                    }

                    break;
                case JsonArray list:
                    for (var index = 0; index < list.Count; index++)
                    {
                        Walk(list[index], $"{path}[{index}]");
                    }

                    break;
                default:
                    lines.Add($"{path} = {Neutral(path, node?.ToJsonString() ?? "null")}");
                    break;
            }
        }
    }

    private static string Neutral(string path, string value) =>
        path.EndsWith("/path", StringComparison.Ordinal)
            ? ProjectPath().Match(value).Value
            : VolumeHash().Replace(value, "commerce.apphost-#-");

    [GeneratedRegex(@"(src|web)/Commerce\.\w+/Commerce\.\w+\.csproj", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProjectPath();

    [GeneratedRegex("commerce.apphost-[0-9a-f]{10}-", RegexOptions.None, 1000)]
    private static partial Regex VolumeHash();
}
