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
internal sealed class EndInOrder(
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

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Signals the process of a resource, or of one replica, in its own way. Null when none runs.</summary>
    public static int? Signal(IResource resource, CustomResourceSnapshot snapshot)
    {
        if (KillCommand.ProcessOf(snapshot) is not { } process)
        {
            return null;
        }

        Libc.Signal(
            process,
            resource.TryGetLastAnnotation<StopSignalAnnotation>(out var own) ? own.Signal : Libc.SigTerm
        );
        return process;
    }

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
        var processes = _latest
            .Values.Where(one => isMeant(one.Resource))
            .Select(one => Signal(one.Resource, one.Snapshot))
            .OfType<int>()
            // A resource that has replicas is there once more for all of them.
            .Distinct()
            .ToList();
        var until = DateTime.UtcNow + Bound;
        while (processes.Any(ProcessTree.Exists) && DateTime.UtcNow < until)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
