using System.Diagnostics;
using System.Text.Json;

namespace Commerce.Messaging.Tests;

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
    public static WorkerProcess Launch(TestServiceOptions options)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add("worker");
        start.ArgumentList.Add(JsonSerializer.Serialize(options));
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it has killed itself.</summary>
    public Task DeathAsync() => _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

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
