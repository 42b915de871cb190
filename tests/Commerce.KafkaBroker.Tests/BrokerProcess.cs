using System.Diagnostics;

namespace Commerce.KafkaBroker.Tests;

/// <summary>The broker as the platform starts it: an own process that ends with this one.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>host:port</summary>
    public string Address { get; }

    public int Port => int.Parse(Address.Split(':')[1]);

    public int Id => _process.Id;

    /// <summary>Starts the broker and waits for its "ready" line.</summary>
    /// <param name="more">Arguments on top of these.</param>
    public static async Task<BrokerProcess> StartAsync(
        int port = 0,
        string topics = "commerce.order",
        params string[] more
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Commerce.KafkaBroker.dll"),
                "--port",
                port.ToString(),
                "--topics",
                topics,
                "--partitions",
                "12",
                "--exit-with-parent",
            },
        };
        foreach (var argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var line = await process.StandardOutput.ReadLineAsync(limit.Token);
        line.ShouldNotBeNull();
        line.ShouldStartWith("ready ");
        return new BrokerProcess(process, line["ready ".Length..]);
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal by name, as kill(1) does.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString()]);
        kill.WaitForExit();
    }

    public void CloseStandardInput() => _process.StandardInput.Close();

    public async Task<int> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
