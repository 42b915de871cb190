using System.Diagnostics;
using System.Text.Json;

namespace Commerce.Messaging.Tests.Support;

/// <summary>A service in a process of its own, to be killed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>Waits until it has started.</summary>
    public static async Task<WorkerProcess> StartAsync(TestServiceOptions options)
    {
        var worker = Launch(options);
        var ready = await worker._process.StandardOutput.ReadLineAsync();
        ready.ShouldBe("ready");
        return worker;
    }

    /// <summary>It may never get so far as to have started.</summary>
    public static WorkerProcess Launch(TestServiceOptions options) =>
        Launch("worker", JsonSerializer.Serialize(options));

    /// <summary>Asks a broker that does not answer, leaves before the answer would have come, and ends.</summary>
    public static WorkerProcess LaunchImpatient(string kafka) => Launch("impatient", kafka);

    private static WorkerProcess Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // glibc overwrites what is freed: memory that is used afterwards shows at once.
        start.Environment["MALLOC_PERTURB_"] = "165";
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it has ended by itself, and returns its exit code.</summary>
    public async Task<int> DeathAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no goodbye to broker or database.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
