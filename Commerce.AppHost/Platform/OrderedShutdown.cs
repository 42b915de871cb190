using System.Collections.Concurrent;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.Hosting;

namespace Commerce.AppHost.Platform;

/// <summary>The signal by which a process ends in order, where that is not SIGTERM.</summary>
internal sealed record StopSignalAnnotation(int Signal) : IResourceAnnotation;

/// <summary>
/// DCP ends everything at once: services would look for seconds for a broker and a dashboard that are gone already, and
/// PostgreSQL, which takes SIGTERM for a wish to wait for its last client, would be killed. So the services end first, while
/// what they need still answers, and then the servers that want a signal of their own. What does not go is left to DCP.
/// </summary>
internal sealed class OrderedShutdown(
    ResourceNotificationService notifications,
    RestartPolicy restarts,
    IHostApplicationLifetime lifetime
) : IHostedLifecycleService
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // By resource id: each replica has its own.
    private readonly ConcurrentDictionary<string, ResourceEvent> _latest = new(StringComparer.Ordinal);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = FollowAsync();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        restarts.Cease();
        await EndAsync(resource => resource is ProjectResource, cancellationToken);
        await EndAsync(resource => resource.HasAnnotationOfType<StopSignalAnnotation>(), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>DCP has ended what was left. When somebody killed DCP itself, nobody has.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Not the host's own patience: Aspire has used it up by then, waiting for a DCP that is not there.
        await EndAsync(_ => true, CancellationToken.None);
    }

    /// <summary>The signal by which its process ends in order.</summary>
    public static int SignalOf(IResource resource) =>
        resource.TryGetLastAnnotation<StopSignalAnnotation>(out var own) ? own.Signal : Libc.SigTerm;

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(lifetime.ApplicationStopped))
            {
                _latest[change.ResourceId] = change;
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopped.IsCancellationRequested)
        {
            // The end of the platform.
        }
    }

    private async Task EndAsync(Func<IResource, bool> isMeant, CancellationToken cancellationToken)
    {
        var running = Running(isMeant).ToList();
        foreach (var (resource, process) in running)
        {
            Libc.Signal(process, SignalOf(resource));
        }

        await GoneAsync([.. running.Select(one => one.Process)], cancellationToken);
    }

    /// <summary>A resource that has replicas is there once for each, and once more for all of them.</summary>
    private IEnumerable<(IResource Resource, int Process)> Running(Func<IResource, bool> isMeant) =>
        _latest
            .Values.Where(one => isMeant(one.Resource))
            .Select(one => (one.Resource, Process: KillCommand.ProcessOf(one.Snapshot) ?? 0))
            .Where(one => ProcessTree.Exists(one.Process))
            .DistinctBy(one => one.Process);

    private static async Task GoneAsync(IReadOnlyList<int> processes, CancellationToken cancellationToken)
    {
        var until = DateTime.UtcNow + Bound;
        while (processes.Any(ProcessTree.Exists) && DateTime.UtcNow < until)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
