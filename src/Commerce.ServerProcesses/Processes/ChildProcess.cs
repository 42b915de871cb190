using System.Diagnostics;

namespace Commerce.ServerProcesses.Processes;

/// <summary>
/// A process in its own session, watched by the <see cref="OrphanReaper"/>. Every line it writes goes to one callback, and
/// the last ones are kept to say why it ended.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int KeptLines = 30;

    private readonly Process _process;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly Action<string> _onLine;
    private Task _pumps = Task.CompletedTask;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _onLine = onLine;
    }

    public int Id { get; private set; }

    /// <summary>Completes with the exit code (128 + signal when it was killed).</summary>
    public Task<int> Exited => _exited.Task;

    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>The last lines it wrote, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return [.. _lastLines];
            }
        }
    }

    /// <exception cref="InvalidOperationException">The program is not there or cannot be executed.</exception>
    public static ChildProcess Start(ProcessSpec spec, Action<string>? onLine = null)
    {
        string[] command = ["setsid", .. spec.CommandLine()];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = spec.WorkingDirectory,
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        var guardian = OrphanReaper.Shared;
        start.Environment[OrphanReaper.MarkVariable] = guardian.Mark;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildProcess(process, onLine ?? (_ => { }));
        process.Exited += (_, _) => child.OnExited();
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            process.Dispose();
            throw new InvalidOperationException($"{command[0]} cannot be started: {missing.Message}", missing);
        }

        child.Id = process.Id;
        guardian.Watch(child.Id, spec.DeathSignal);
        if (child.HasExited)
        {
            guardian.Forget(child.Id);
        }

        child._pumps = Task.WhenAll(child.PumpAsync(process.StandardOutput), child.PumpAsync(process.StandardError));
        if (spec.Input is not null)
        {
            child.Tell(spec.Input);
        }

        child._begun.SetResult();
        return child;
    }

    /// <summary>Runs a short command to its end.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has its output.</exception>
    public static async Task RunAsync(ProcessSpec spec, CancellationToken cancellationToken = default)
    {
        using var child = Start(spec with { Input = spec.Input ?? string.Empty });
        int code;
        try
        {
            code = await child.Exited.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw;
        }

        await child.DrainAsync();
        if (code != 0)
        {
            throw new InvalidOperationException($"{spec.FileName} ended with code {code}: {child.Tail()}");
        }
    }

    /// <summary>The last lines as one text for an error message.</summary>
    public string Tail(int lines = 8)
    {
        var all = LastLines;
        return string.Join(Environment.NewLine, all.Skip(Math.Max(0, all.Count - lines)));
    }

    /// <summary>Signals the process itself.</summary>
    public void Signal(int signal)
    {
        if (!HasExited)
        {
            Libc.Signal(Id, signal);
        }
    }

    /// <summary>SIGKILL for the process and everything of its session.</summary>
    public void Kill()
    {
        if (!HasExited)
        {
            Libc.SignalGroup(Id, Libc.SigKill);
            // It may not have reached its own setsid yet.
            Libc.Signal(Id, Libc.SigKill);
        }
    }

    /// <summary>
    /// Waits until what it wrote before its end has arrived; bounded, because a grandchild may hold the pipe open.
    /// </summary>
    public async Task DrainAsync()
    {
        try
        {
            await _pumps.WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (TimeoutException)
        {
            // The last words are for a message only.
        }
    }

    /// <summary>Asks it to end by a signal and kills it when it has not within the bound.</summary>
    public async Task StopAsync(int signal, TimeSpan bound)
    {
        Signal(signal);
        try
        {
            await Exited.WaitAsync(bound);
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
        }
    }

    /// <summary>Kills what is left. The handle itself is freed when the process has been collected.</summary>
    public void Dispose() => Kill();

    private void OnExited()
    {
        var code = _process.ExitCode;
        // What it left in its session dies with it: a web server's helper must not keep the port.
        Libc.SignalGroup(_process.Id, Libc.SigKill);
        _exited.TrySetResult(code);
        if (Id != 0)
        {
            OrphanReaper.Shared.Forget(Id);
        }

        _ = DisposeHandleAsync();
    }

    private void Tell(string input)
    {
        try
        {
            _process.StandardInput.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without listening; its exit code says why.
        }
    }

    private async Task DisposeHandleAsync()
    {
        // A short command may be over before its id and its pipes were taken from the handle.
        await _begun.Task;
        await DrainAsync();
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (_lastLines)
                {
                    _lastLines.Enqueue(line);
                    if (_lastLines.Count > KeptLines)
                    {
                        _lastLines.Dequeue();
                    }
                }

                _onLine(line);
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone and its pipe with it.
        }
    }
}
