using System.Diagnostics;
using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>How a server is started by whoever runs its process.</summary>
/// <param name="Environment">On top of what the process inherits.</param>
public sealed record ServerCommand(
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment
);

/// <summary>How a server is told to go.</summary>
public enum StopMode
{
    /// <summary>Cut connections off, write down what must be written, end.</summary>
    Fast,

    /// <summary>End at once, as a crash would; the next start recovers.</summary>
    Immediate,
}

/// <summary>
/// One server process on a loopback port that stays its own over restarts. It ends with this object, and when this
/// process dies in any way.
/// </summary>
public abstract class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Action<string>? _log;
    private ChildProcess? _process;

    private protected ServerProcess(string name, int port, TimeSpan startBound, Action<string>? log)
    {
        Name = name;
        Port = port;
        StartBound = startBound;
        _log = log;
    }

    /// <summary>What error messages call it.</summary>
    public string Name { get; }

    /// <summary>Loopback port; the same after every restart.</summary>
    public int Port { get; }

    /// <summary>What a client library takes as it is. Contains the password where there is one.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Id of the server's first process; 0 when none was started.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Whether the process lives; says nothing about its health.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Completes when the current process ends; completed when there is none.</summary>
    public Task Exited => _process?.Exited ?? Task.CompletedTask;

    private protected TimeSpan StartBound { get; }

    private protected virtual int FastSignal => Libc.SigTerm;

    private protected virtual int ImmediateSignal => Libc.SigKill;

    /// <summary>
    /// Makes ready what the server needs and says how it is started, for another one to run: this object then starts nothing.
    /// Before each start.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something is missing; the message says what and how to get it.</exception>
    public async Task<ServerCommand> PrepareCommandAsync(CancellationToken cancellationToken = default)
    {
        var spec = await PrepareAsync(cancellationToken);
        var command = spec.CommandLine().ToList();
        return new ServerCommand(command[0], command[1..], spec.Environment);
    }

    /// <summary>Starts the process again when it is not running and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not answer in time; the message has its last lines.</exception>
    public async Task EnsureStartedAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!IsRunning)
            {
                await StartProcessAsync(cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>SIGKILL, now. Nothing is started again until <see cref="EnsureStartedAsync"/>.</summary>
    public virtual void Kill() => _process?.Kill();

    /// <summary>Stops the server and waits until it is gone; killed when it takes longer than 15 s.</summary>
    public async Task StopAsync(StopMode mode = StopMode.Fast)
    {
        if (_process is { } process)
        {
            await process.StopAsync(mode == StopMode.Fast ? FastSignal : ImmediateSignal, StopBound);
        }
    }

    /// <summary>Stops the server and starts it again on the same port with the same data.</summary>
    public async Task RestartAsync(StopMode mode = StopMode.Fast, CancellationToken cancellationToken = default)
    {
        await StopAsync(mode);
        await EnsureStartedAsync(cancellationToken);
    }

    /// <summary>One real request of the server's protocol; false when it is not answered in 2 s.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken = default)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            return IsRunning && await ProbeAsync(bound.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync(DisposeMode);
        await CleanUpAsync();
        _gate.Dispose();
    }

    private protected virtual StopMode DisposeMode => StopMode.Fast;

    private protected abstract Task<ProcessSpec> PrepareAsync(CancellationToken cancellationToken);

    private protected abstract Task<bool> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Starts the server, or leaves nothing of it behind.</summary>
    private protected static async Task<TServer> StartedAsync<TServer>(
        TServer server,
        CancellationToken cancellationToken
    )
        where TServer : ServerProcess
    {
        try
        {
            await server.EnsureStartedAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private protected virtual Task AfterStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private protected virtual Task CleanUpAsync() => Task.CompletedTask;

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        var spec = await PrepareAsync(cancellationToken);
        var process = ChildProcess.Start(spec, _log);
        _process = process;
        var watch = Stopwatch.StartNew();
        try
        {
            while (!await IsHealthyAsync(cancellationToken))
            {
                if (process.HasExited)
                {
                    await process.DrainAsync();
                    throw new InvalidOperationException($"{Name} ended while starting: {process.Tail()}");
                }

                if (watch.Elapsed > StartBound)
                {
                    throw new InvalidOperationException(
                        $"{Name} did not answer on port {Port} within {StartBound.TotalSeconds:0} s: {process.Tail()}"
                    );
                }

                await Task.Delay(50, cancellationToken);
            }

            await AfterStartAsync(cancellationToken);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }
}
