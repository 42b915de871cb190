using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.PlatformTesting;
using Commerce.ServerProcesses;
using Commerce.ServerProcesses.Processes;

namespace Commerce.AppHost.Tests;

/// <summary>However the app host ends, it leaves no process and no listener, and its data to whoever comes next.</summary>
public sealed class EndTests : IDisposable
{
    private static readonly TimeSpan UpWithin = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(30);

    // Without DCP, Aspire waits for it until the host's patience of 30 s is at its end.
    private static readonly TimeSpan GoneWithoutDcpWithin = TimeSpan.FromSeconds(60);
    private readonly List<string> _homes = [];

    public void Dispose()
    {
        foreach (var home in _homes)
        {
            ServerFolder.Remove(Path.Combine(home, "data", "postgres"));
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Kill_9_leaves_nothing_running_and_the_next_one_goes_on_with_the_data()
    {
        var home = NewHome();
        using var first = Start(home);
        var urls = await UpAsync(home, first);
        var ports = urls
            .Values.Where(url => url.StartsWith("http", StringComparison.Ordinal))
            .Select(url => new Uri(url).Port);

        Libc.Signal(first.Id, Libc.SigKill);
        // At once: while what the first one left is still there.
        using var second = Start(home);
        await UpAsync(home, second);

        ProcessesOf(home).Where(process => StartedBefore(process, second)).ShouldBeEmpty();
        Libc.Signal(second.Id, Libc.SigKill);
        await GoneAsync(home);
        ports.ShouldAllBe(port => !Listens(port));
    }

    [Fact]
    public async Task Two_platforms_run_side_by_side_not_in_one_folder_and_end_in_order_by_a_signal()
    {
        var (one, other) = (NewHome(), NewHome());
        using var first = Start(one);
        var urls = await UpAsync(one, first);
        using var second = Start(other);
        var others = await UpAsync(other, second);
        using var intruder = Start(one);

        await intruder.WaitForExitAsync().WaitAsync(GoneWithin);
        intruder.ExitCode.ShouldNotBe(0);
        urls.Values.Intersect(others.Values, StringComparer.Ordinal).ShouldBeEmpty();

        await EndsInOrderAsync(other, second, Libc.SigInt, GoneWithin);
        using var http = new HttpClient();
        (await http.GetAsync(new Uri(new Uri(urls["order"]), "/health"))).IsSuccessStatusCode.ShouldBeTrue(
            "it is another platform"
        );
        // Without DCP, nobody is left who would end what it started.
        foreach (var process in DcpOf(first).ToList())
        {
            Libc.Signal(process, Libc.SigKill);
        }

        await EndsInOrderAsync(one, first, Libc.SigTerm, GoneWithoutDcpWithin);
        Listens(new Uri(urls["dashboard"]).Port).ShouldBeFalse();
    }

    /// <summary>Its API server and, below that, its controllers: not what those have started.</summary>
    private static IEnumerable<int> DcpOf(Process appHost) =>
        DcpProcesses
            .Watching(appHost.Id)
            .SelectMany(id => ProcessTree.ChildrenOf(id).Prepend(id))
            .Where(id => ProcessTree.CommandLineOf(id).Contains("/dcp ", StringComparison.Ordinal));

    private static async Task EndsInOrderAsync(string home, Process appHost, int signal, TimeSpan limit)
    {
        Libc.Signal(appHost.Id, signal);
        await appHost.WaitForExitAsync().WaitAsync(limit);
        ProcessesOf(home).ShouldBeEmpty();
        File.Exists(Path.Combine(home, "run", "state.json")).ShouldBeFalse();
    }

    private string NewHome()
    {
        var home = Directory.CreateTempSubdirectory("commerce-end-").FullName;
        _homes.Add(home);
        return home;
    }

    private static Process Start(string home)
    {
        var start = new ProcessStartInfo("dotnet", [RepositoryRoot.AppHost])
        {
            UseShellExecute = false,
            WorkingDirectory = RepositoryRoot.Path,
        };
        start.Environment["COMMERCE_HOME"] = home;
        start.Environment["COMMERCE_SERVERS"] = "processes";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        return Process.Start(start)!;
    }

    private static async Task<Dictionary<string, string>> UpAsync(string home, Process appHost)
    {
        var state = Path.Combine(home, "run", "state.json");
        await UntilAsync(
            () =>
                File.Exists(state) && Owner(state) == appHost.Id || (appHost.HasExited ? throw Ended(appHost) : false),
            UpWithin,
            "the platform is up"
        );
        return JsonDocument
            .Parse(await File.ReadAllTextAsync(state))
            .RootElement.GetProperty("urls")
            .EnumerateObject()
            .ToDictionary(url => url.Name, url => url.Value.GetString()!);
    }

    private static int Owner(string state) =>
        JsonDocument.Parse(File.ReadAllText(state)).RootElement.GetProperty("pid").GetInt32();

    private static InvalidOperationException Ended(Process appHost) =>
        new($"The app host ended with {appHost.ExitCode.ToString(CultureInfo.InvariantCulture)}.");

    private static Task GoneAsync(string home) =>
        UntilAsync(() => ProcessesOf(home).Count == 0, GoneWithin, "every process is gone");

    private static IReadOnlyList<int> ProcessesOf(string home) =>
        ProcessTree.WithEnvironment("COMMERCE_PLATFORM", home);

    private static bool StartedBefore(int process, Process other)
    {
        using var one = Process.GetProcessById(process);
        return one.StartTime < other.StartTime;
    }

    private static bool Listens(int port) =>
        System
            .Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Any(listener => listener.Port == port);

    private static async Task UntilAsync(Func<bool> condition, TimeSpan limit, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain: {what}.");
            }

            await Task.Delay(100);
        }
    }
}
