using System.Diagnostics;
using Commerce.PlatformTesting;
using Commerce.ServerProcesses;

namespace Commerce.Chaos.Tests;

/// <summary>A folder for a platform of a test's own, which a developer's calls find there.</summary>
internal sealed class OwnPlatform : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    // Short deadlines, so that everything that a saga waits for happens within the test.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["Orders__Expiry"] = "00:00:25",
        ["Orders__ConfirmationRetryDelay"] = "00:00:05",
        ["Orders__ReservationRetryDelay"] = "00:00:05",
        ["Delivery__ReadyFor"] = "00:00:02",
        ["Delivery__OnRouteFor"] = "00:00:02",
        ["Payment__OrphansAfter"] = "00:00:10",
        ["RateLimits__SignIn__PerMinute"] = "100000",
    };

    public string Home { get; } = Directory.CreateTempSubdirectory("commerce-own-").FullName;

    /// <summary>Until it is disposed of, <c>./commerce</c> finds it in the folder.</summary>
    public Task<PlatformUnderTest> StartAsync() =>
        PlatformUnderTest.StartAsync(new PlatformSettings { Home = Home, Environment = Settings });

    /// <summary><c>./commerce</c>, which has to succeed; what it said.</summary>
    public async Task<string> CommerceAsync(params string[] arguments)
    {
        var (exitCode, said) = await TryCommerceAsync(arguments);
        exitCode.ShouldBe(0, said);
        return said;
    }

    public async Task<(int ExitCode, string Said)> TryCommerceAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["./commerce", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = Home;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output + await errors);
    }

    public void Dispose()
    {
        ServerFolder.Remove(Path.Combine(Home, "data", "postgres"));
        Directory.Delete(Home, recursive: true);
    }
}
