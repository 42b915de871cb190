using System.Diagnostics;

namespace Commerce.Chaos.Tests;

/// <summary>Every kind of fault once, while 240 orders come in: what a developer runs by hand, with a fixed seed.</summary>
public sealed class ShortChaosTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Every_fault_at_once_breaks_no_promise()
    {
        var start = new ProcessStartInfo("bash", ["./commerce", "chaos", "--seed", "1", "--orders", "240"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        using var chaos = Process.Start(start)!;
        var (output, errors) = (chaos.StandardOutput.ReadToEndAsync(), chaos.StandardError.ReadToEndAsync());

        await chaos.WaitForExitAsync().WaitAsync(Limit);

        chaos.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
        (await output).ShouldContain("0 violations");
    }
}
