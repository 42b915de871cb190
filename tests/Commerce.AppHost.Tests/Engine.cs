using System.Diagnostics;

namespace Commerce.AppHost.Tests;

/// <summary>The container engine of this checkout, which eng/containers/make-images sets up and fills.</summary>
internal static class Engine
{
    public const string Program = "podman";

    private static readonly string Home = Path.Combine(RepositoryRoot.Path, "artifacts", "containers");

    /// <summary>Why no container can be started here; null = it can.</summary>
    public static string? WhyNot { get; } = Find();

    /// <summary>Has the engine do something and gives the lines of its answer.</summary>
    public static async Task<string[]> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var complaint = process.StandardError.ReadToEndAsync();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await complaint);
        return answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? Find()
    {
        if (!File.Exists(Path.Combine(Home, "ready")))
        {
            var reason = Path.Combine(Home, "reason.txt");
            return File.Exists(reason)
                ? $"There are no images: {File.ReadAllText(reason).Trim()}"
                : "There are no images. Make them (as root on Debian): eng/containers/make-images";
        }

        // DCP and the app host start it with what this process has.
        Environment.SetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME", Program);
        Environment.SetEnvironmentVariable("CONTAINERS_CONF", Path.Combine(Home, "containers.conf"));
        Environment.SetEnvironmentVariable("CONTAINERS_STORAGE_CONF", Path.Combine(Home, "storage.conf"));
        return null;
    }
}

/// <summary>A test that is skipped, with the reason, where no container can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() => Skip = Engine.WhyNot;
}
