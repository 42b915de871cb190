using System.Net.Http;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Engine;

/// <summary>Something that can be started, asked, killed and stopped, over and over.</summary>
internal interface IWorkload : IAsyncDisposable
{
    /// <summary>Id of the process; null when none runs.</summary>
    int? ProcessId { get; }

    /// <summary>Completes when the current process ends.</summary>
    Task Exited { get; }

    /// <summary>How the last process ended (128 + signal when it was killed); null while it runs.</summary>
    int? ExitCode { get; }

    /// <summary>Starts the process; does not have to wait until it answers.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Null = healthy, else what is wrong.</summary>
    Task<string?> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>SIGKILL.</summary>
    void Kill();

    /// <summary>Asks it to end; kills it when it has not within the bound.</summary>
    Task StopAsync(TimeSpan bound);
}

/// <summary>A server that knows its own protocol.</summary>
internal sealed class ServerWorkload(NativeServer server) : IWorkload
{
    public int? ProcessId => server.IsRunning ? server.ProcessId : null;

    public Task Exited => server.Exited;

    public int? ExitCode => server.ExitCode;

    public Task StartAsync(CancellationToken cancellationToken) => server.EnsureStartedAsync(cancellationToken);

    public async Task<string?> ProbeAsync(CancellationToken cancellationToken) =>
        await server.IsHealthyAsync(cancellationToken) ? null : $"{server.Name} does not answer on port {server.Port}";

    public void Kill() => server.Kill();

    public Task StopAsync(TimeSpan bound) => server.StopAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>A process that answers HTTP.</summary>
internal sealed class HttpWorkload(
    Func<CancellationToken, Task<ProcessSpec>> prepare,
    HttpProbe? probe,
    ResourceLog log
) : IWorkload
{
    private ChildProcess? _process;

    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    public Task Exited => _process?.Exited ?? Task.CompletedTask;

    public int? ExitCode => _process is { HasExited: true } process ? process.Exited.Result : null;

    public async Task StartAsync(CancellationToken cancellationToken) =>
        _process = ChildProcess.Start(await prepare(cancellationToken), log.Write);

    public Task<string?> ProbeAsync(CancellationToken cancellationToken) =>
        probe?.AskAsync(cancellationToken) ?? Task.FromResult<string?>(null);

    public void Kill() => _process?.Kill();

    public Task StopAsync(TimeSpan bound) => _process?.StopAsync(Libc.SigTerm, bound) ?? Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>GET and compare the status.</summary>
internal sealed class HttpProbe(Uri address, int status)
{
    private static readonly HttpClient Client = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false }
    )
    {
        Timeout = TimeSpan.FromSeconds(3),
    };

    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Client.GetAsync(address, cancellationToken);
            return (int)response.StatusCode == status
                ? null
                : $"{address.AbsolutePath} answers {(int)response.StatusCode}";
        }
        catch (Exception silent)
            when (silent is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return $"{address.AbsolutePath} does not answer";
        }
    }
}
