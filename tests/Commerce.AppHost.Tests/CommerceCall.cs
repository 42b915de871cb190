using System.Diagnostics;

namespace Commerce.AppHost.Tests;

/// <summary><c>./commerce</c>, called as a developer calls it.</summary>
internal static class CommerceCall
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>What it said on both outputs, when it succeeded.</summary>
    public static async Task<string> RunAsync(
        string checkout,
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    )
    {
        var (exitCode, output, errors) = await TryAsync(checkout, environment, arguments);
        exitCode.ShouldBe(0, output + errors);
        return output;
    }

    public static async Task<(int ExitCode, string Output, string Errors)> TryAsync(
        string checkout,
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo("bash", ["./commerce", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = checkout,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output, await errors);
    }
}
