using System.Diagnostics;
using System.Text.Json;

namespace Commerce.Messaging.Tests;

/// <summary>A service in a process of its own, to be killed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static async Task<WorkerProcess> StartAsync(TestServiceOptions options)
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
        var worker = new WorkerProcess(Process.Start(start)!);
        var ready = await worker._process.StandardOutput.ReadLineAsync();
        ready.ShouldBe("ready");
        return worker;
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
