using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Payment.Tests;

/// <summary>A service as a process of its own, to be killed as the kernel kills: no shutdown, no flush.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    // Its content root, and empty: the host watches all that lies below for changed settings before it writes its
    // first line, and a machine's temporary folder may take it longer than a test waits.
    private readonly DirectoryInfo _contentRoot = Directory.CreateTempSubdirectory("commerce-content-root-");

    private ChildProcess(string assembly, Uri address, IReadOnlyDictionary<string, string?> settings)
    {
        Address = address;
        var start = new ProcessStartInfo("dotnet", [assembly])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _contentRoot.FullName,
        };
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>Everything it wrote to its console so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts <paramref name="name"/> from beside the tests and waits until it is healthy.</summary>
    public static async Task<ChildProcess> StartAsync(
        string name,
        IReadOnlyDictionary<string, string?> settings,
        Uri? address = null
    )
    {
        var child = new ChildProcess(
            Path.Combine(AppContext.BaseDirectory, name + ".dll"),
            address ?? FreeAddress(),
            settings
        );
        using var client = new HttpClient { BaseAddress = child.Address };
        try
        {
            await Eventually.True(async () =>
            {
                child._process.HasExited.ShouldBeFalse();
                using var health = await client.GetAsync("health");
                return health.IsSuccessStatusCode;
            });
            return child;
        }
        catch (Exception exception)
        {
            // Left alive, it would go on with what the next test wants to be done by its own.
            await child.DisposeAsync();
            throw new InvalidOperationException($"{name} did not become healthy:\n{child.Log}", exception);
        }
    }

    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _contentRoot.Delete(recursive: true);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
