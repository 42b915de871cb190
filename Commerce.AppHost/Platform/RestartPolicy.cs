using System.Collections.Concurrent;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.AppHost.Platform;

/// <summary>How long to wait before a process that ended by itself is started again.</summary>
internal sealed record RestartDelays
{
    /// <summary>Before the first restart; doubles with every further one.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A process that ran for so long has earned a short wait again.</summary>
    public TimeSpan Forgiven { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="attempts">Restarts since one was forgiven.</param>
    public TimeSpan After(int attempts) =>
        TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, attempts), Longest.Ticks));
}

/// <summary>Marks a resource whose processes are started again when they end by themselves.</summary>
internal sealed record RestartAnnotation(RestartDelays Delays) : IResourceAnnotation;

/// <summary>
/// Aspire leaves a process that ended as it is. This starts it again, replicas one by one, unless somebody stopped it: by the
/// dashboard, the CLI or a test, which all go through the resource's commands.
/// </summary>
internal sealed class RestartPolicy(
    ResourceCommandService commands,
    ResourceNotificationService notifications,
    IHostApplicationLifetime lifetime,
    ResourceLoggerService loggers
)
{
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(15);

    private static readonly string[] Lifecycle =
    [
        KnownResourceCommands.StartCommand,
        KnownResourceCommands.StopCommand,
        KnownResourceCommands.RestartCommand,
        KnownResourceCommands.RebuildCommand,
    ];

    // By resource id: a replica is stopped and ends for itself.
    private readonly ConcurrentDictionary<string, Supervised> _all = new(StringComparer.Ordinal);
    private volatile bool _hasCeased;

    /// <summary>The platform ends: from here on what ends stays down.</summary>
    public void Cease() => _hasCeased = true;

    /// <summary>Ends the wait before the next restart, which is about to be due.</summary>
    public void RestartAtOnce(string resourceId) => Of(resourceId).SkipsWait = true;

    /// <summary>Starts it again when nobody asked for its end.</summary>
    public void OnStopped(ResourceEvent ended, RestartDelays delays)
    {
        var supervised = Of(ended.ResourceId);
        if (
            _hasCeased
            || supervised.IsStopped
            || supervised.CommandsUnderWay > 0
            || lifetime.ApplicationStopping.IsCancellationRequested
        )
        {
            return;
        }

        if (ended.Snapshot.StopTimeStamp - ended.Snapshot.StartTimeStamp > delays.Forgiven)
        {
            supervised.Attempts = 0;
        }

        var delay = supervised.SkipsWait ? TimeSpan.Zero : delays.After(supervised.Attempts++);
        supervised.SkipsWait = false;
        _ = Task.Run(() => RestartAsync(ended, supervised, delay));
    }

    /// <summary>Has the resource's own commands tell what a person wants.</summary>
    public static void Observe(IResource resource)
    {
        var lifecycle = resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => Lifecycle.Contains(c.Name));
        foreach (var command in lifecycle.ToList())
        {
            resource.Annotations.Remove(command);
            resource.Annotations.Add(
                new ResourceCommandAnnotation(
                    command.Name,
                    command.DisplayName,
                    command.UpdateState,
                    context =>
                        context.Services.GetRequiredService<RestartPolicy>().ExecuteAsync(resource, command, context),
                    command.DisplayDescription,
                    parameter: null,
                    command.ConfirmationMessage,
                    command.IconName,
                    command.IconVariant,
                    command.IsHighlighted
                )
            );
        }
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(
        IResource resource,
        ResourceCommandAnnotation command,
        ExecuteCommandContext context
    )
    {
        var supervised = Of(context.ResourceName);
        supervised.IsStopped = command.Name == KnownResourceCommands.StopCommand;
        supervised.BeginCommand();
        try
        {
            if (
                command.Name == KnownResourceCommands.StopCommand
                || command.Name == KnownResourceCommands.RestartCommand
            )
            {
                await EndInOrderAsync(resource, context);
            }

            return await command.ExecuteCommand(context);
        }
        finally
        {
            supervised.EndCommand();
        }
    }

    /// <summary>PostgreSQL takes DCP's SIGTERM for a wish to wait until the last client has left.</summary>
    private async Task EndInOrderAsync(IResource resource, ExecuteCommandContext context)
    {
        if (
            !resource.HasAnnotationOfType<StopSignalAnnotation>()
            || !notifications.TryGetCurrentState(context.ResourceName, out var current)
            || KillCommand.ProcessOf(current.Snapshot) is not { } process
        )
        {
            return;
        }

        Libc.Signal(process, OrderedShutdown.SignalOf(resource));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        bound.CancelAfter(EndBound);
        try
        {
            await notifications.WaitForResourceAsync(
                resource.Name,
                change => KillCommand.ProcessOf(change.Snapshot) != process,
                bound.Token
            );
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // DCP has the means for one that does not go.
        }
    }

    private async Task RestartAsync(ResourceEvent ended, Supervised supervised, TimeSpan delay)
    {
        try
        {
            var log = loggers.GetLogger(ended.ResourceId);
            log.LogWarning(
                "It ended with code {Code} and is started again in {Seconds} s.",
                ended.Snapshot.ExitCode,
                delay.TotalSeconds
            );
            await Task.Delay(delay, lifetime.ApplicationStopping);
            if (!supervised.IsStopped && !_hasCeased)
            {
                var result = await commands.ExecuteCommandAsync(
                    ended.ResourceId,
                    KnownResourceCommands.StartCommand,
                    lifetime.ApplicationStopping
                );
                if (!result.Success)
                {
                    log.LogError("It could not be started again: {Reason}", result.Message);
                }
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The end of the platform.
        }
    }

    private Supervised Of(string resourceId) => _all.GetOrAdd(resourceId, _ => new Supervised());

    private sealed class Supervised
    {
        private int _commands;

        /// <summary>Somebody stopped it, and nobody started it since.</summary>
        public bool IsStopped { get; set; }

        public bool SkipsWait { get; set; }

        public int Attempts { get; set; }

        /// <summary>A restart by command ends the process too.</summary>
        public int CommandsUnderWay => Volatile.Read(ref _commands);

        public void BeginCommand() => Interlocked.Increment(ref _commands);

        public void EndCommand() => Interlocked.Decrement(ref _commands);
    }
}

/// <summary>The restart policy as part of the app model.</summary>
internal static class RestartExtensions
{
    /// <summary>Processes of this resource are started again when they end by themselves.</summary>
    public static IResourceBuilder<T> WithRestart<T>(this IResourceBuilder<T> resource, RestartDelays? delays = null)
        where T : IResource
    {
        var builder = resource.ApplicationBuilder;
        var policy = new RestartAnnotation(delays ?? new RestartDelays());
        builder.Services.TryAddSingleton<RestartPolicy>();
        builder.Eventing.Subscribe<InitializeResourceEvent>(
            resource.Resource,
            (_, _) =>
            {
                // From here on the resource has its commands.
                RestartPolicy.Observe(resource.Resource);
                return Task.CompletedTask;
            }
        );
        builder.Eventing.Subscribe<ResourceStoppedEvent>(
            resource.Resource,
            (stopped, _) =>
            {
                stopped.Services.GetRequiredService<RestartPolicy>().OnStopped(stopped.ResourceEvent, policy.Delays);
                return Task.CompletedTask;
            }
        );
        return resource.WithAnnotation(policy);
    }
}
