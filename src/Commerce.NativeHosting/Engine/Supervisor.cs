using System.Diagnostics;

namespace Commerce.NativeHosting.Engine;

/// <summary>How patient a supervisor is.</summary>
internal sealed record Patience
{
    /// <summary>From the start of a process to its first healthy answer.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Crashes before the first healthy answer until the whole start counts as failed.</summary>
    public int FirstAttempts { get; init; } = 5;

    /// <summary>Wait before the first restart; doubles with every further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Healthy for this long, a process has earned a short first wait again.</summary>
    public TimeSpan Forgiven { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silent for this long, a process is killed; null = it is only shown as unhealthy.</summary>
    public TimeSpan? Silence { get; init; }
}

/// <summary>What is known of a resource at one moment.</summary>
internal sealed record ResourceStatus(string State, string? Health, int? Pid, string? Reason, int Restarts)
{
    public const string Waiting = "Waiting";
    public const string Starting = "Starting";
    public const string Running = "Running";
    public const string Stopping = "Stopping";
    public const string Exited = "Exited";
    public const string Failed = "FailedToStart";

    public bool IsHealthy => Health == "Healthy";
}

/// <summary>Keeps one process running: starts it, asks whether it is healthy, starts it again when it ends.</summary>
internal sealed class Supervisor(IWorkload workload, Patience patience, ResourceLog log) : IDisposable
{
    private static readonly TimeSpan FastProbe = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SlowProbe = TimeSpan.FromSeconds(2);
    private const string ByHand = "stopped by hand";

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private TaskCompletionSource _wake = NewSignal();
    private Task _loop = Task.CompletedTask;
    private volatile bool _wanted = true;
    private volatile bool _restartAtOnce;
    private int _restarts;

    public ResourceStatus Status { get; private set; } = new(ResourceStatus.Waiting, null, null, null, 0);

    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Completes when it is healthy for the first time; fails when it will not be.</summary>
    public Task FirstHealthy => _firstHealthy.Task;

    /// <summary>Raised after <see cref="Status"/> has changed.</summary>
    public event EventHandler? Changed;

    /// <summary>Starts the process once the others are healthy, and keeps it running from then on.</summary>
    public void Begin(Task others) => _loop = Task.Run(() => LoopAsync(others));

    /// <summary>SIGKILL; started again at once. Completes when the process is gone and no longer called healthy.</summary>
    public async Task KillAsync()
    {
        if (workload.ProcessId is null)
        {
            Start();
            return;
        }

        var exited = workload.Exited;
        _restartAtOnce = true;
        Set(ResourceStatus.Stopping, "Unhealthy", "killed by hand");
        workload.Kill();
        await exited;
    }

    /// <summary>Stops the process until <see cref="Start"/>. Completes when it is gone and no longer called running.</summary>
    public async Task StopAsync(TimeSpan bound)
    {
        _wanted = false;
        Set(ResourceStatus.Stopping, null, ByHand);
        await workload.StopAsync(bound);
        // Whoever waited for this may look before the loop has noticed.
        if (!_wanted)
        {
            Set(ResourceStatus.Exited, null, ByHand);
        }
    }

    /// <summary>Starts a stopped process, or ends the wait before a restart.</summary>
    public void Start()
    {
        _wanted = true;
        _wake.TrySetResult();
    }

    /// <summary>Ends the process and the supervision.</summary>
    public async Task EndAsync(TimeSpan bound)
    {
        await _stopping.CancelAsync();
        Set(ResourceStatus.Stopping, null, null);
        await workload.StopAsync(bound);
        await _loop;
        // It may have been between two lives.
        await workload.StopAsync(bound);
        await workload.DisposeAsync();
        Set(ResourceStatus.Exited, null, null);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LoopAsync(Task others)
    {
        var backoff = patience.FirstBackoff;
        var attempts = 0;
        try
        {
            await others.WaitAsync(_stopping.Token);
            while (!_stopping.IsCancellationRequested)
            {
                var (healthyFor, why) = await RunOnceAsync();
                if (!_wanted)
                {
                    Set(ResourceStatus.Exited, null, ByHand);
                    await SleepAsync(Timeout.InfiniteTimeSpan, () => _wanted);
                    continue;
                }

                if (!FirstHealthy.IsCompleted && ++attempts >= patience.FirstAttempts)
                {
                    Set(ResourceStatus.Failed, "Unhealthy", why);
                    _firstHealthy.TrySetException(new InvalidOperationException(why));
                    await SleepAsync(Timeout.InfiniteTimeSpan);
                    continue;
                }

                if (healthyFor >= patience.Forgiven)
                {
                    backoff = patience.FirstBackoff;
                }

                _restarts++;
                Set(ResourceStatus.Exited, "Unhealthy", why);
                if (!_restartAtOnce)
                {
                    log.Write($"[engine] {why}; starting again in {backoff.TotalSeconds:0.#} s");
                    await SleepAsync(backoff);
                    backoff = Min(backoff * 2, patience.LongestBackoff);
                }

                _restartAtOnce = false;
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The end of the platform.
        }
        catch (Exception dependency)
        {
            // Only the wait for others throws: one life of the process returns what went wrong.
            Set(ResourceStatus.Failed, "Unhealthy", $"waited for another resource: {dependency.Message}");
            _firstHealthy.TrySetException(dependency);
        }
    }

    /// <summary>One life of the process: how long it was healthy and why it ended.</summary>
    private async Task<(TimeSpan HealthyFor, string Why)> RunOnceAsync()
    {
        var healthy = new Stopwatch();
        try
        {
            Set(ResourceStatus.Starting, null, Status.Reason);
            StartedAt = DateTimeOffset.UtcNow;
            await workload.StartAsync(_stopping.Token);
            var why = await WatchAsync(healthy);
            return (healthy.Elapsed, why);
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            return (healthy.Elapsed, failure.Message);
        }
    }

    /// <summary>Asks until the process ends; returns why it did.</summary>
    private async Task<string> WatchAsync(Stopwatch healthy)
    {
        var started = Stopwatch.StartNew();
        var silent = new Stopwatch();
        while (true)
        {
            var problem = await workload.ProbeAsync(_stopping.Token);
            if (_restartAtOnce || workload.Exited.IsCompleted)
            {
                await workload.Exited;
                return _restartAtOnce ? "killed by hand" : $"ended with code {workload.ExitCode}{LastWords()}";
            }

            if (problem is null)
            {
                healthy.Start();
                silent.Reset();
                Set(ResourceStatus.Running, "Healthy", null);
                _firstHealthy.TrySetResult();
            }
            else if (!healthy.IsRunning)
            {
                Set(ResourceStatus.Running, "Unhealthy", problem);
                if (started.Elapsed > patience.Start)
                {
                    workload.Kill();
                    await workload.Exited;
                    return $"not healthy within {patience.Start.TotalSeconds:0} s: {problem}{LastWords()}";
                }
            }
            else
            {
                silent.Start();
                // One answer missed under load is no news.
                if (silent.Elapsed > SlowProbe)
                {
                    Set(ResourceStatus.Running, "Unhealthy", problem);
                }

                if (silent.Elapsed > patience.Silence)
                {
                    workload.Kill();
                    await workload.Exited;
                    return problem;
                }
            }

            var pause = problem is null && started.Elapsed > TimeSpan.FromSeconds(1) ? SlowProbe : FastProbe;
            await Task.WhenAny(workload.Exited, Task.Delay(pause, _stopping.Token));
            _stopping.Token.ThrowIfCancellationRequested();
        }
    }

    private string LastWords()
    {
        var lines = log.Tail(6).Select(line => line.Text).ToList();
        return lines.Count == 0 ? "" : $": {string.Join(" | ", lines)}";
    }

    private async Task SleepAsync(TimeSpan time, Func<bool>? already = null)
    {
        _wake = NewSignal();
        if (already?.Invoke() != true)
        {
            await Task.WhenAny(_wake.Task, Task.Delay(time, _stopping.Token));
        }

        _stopping.Token.ThrowIfCancellationRequested();
    }

    private void Set(string state, string? health, string? reason)
    {
        lock (_gate)
        {
            // An answer that was under way when the process was killed or stopped must not call it healthy again.
            var next = new ResourceStatus(state, health, workload.ProcessId, reason, _restarts);
            if (next == Status || ((_restartAtOnce || !_wanted) && next.IsHealthy))
            {
                return;
            }

            Status = next;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
