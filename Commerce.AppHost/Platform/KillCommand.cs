using System.Globalization;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.AppHost.Platform;

/// <summary>A command on every process: SIGKILL, as a machine would take it away. It is started again at once.</summary>
internal static class KillCommand
{
    public const string Name = "kill";

    private const string ProcessId = "executable.pid";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public static IResourceBuilder<T> WithKillCommand<T>(this IResourceBuilder<T> resource)
        where T : IResource => resource.WithKillCommand(ExecuteAsync);

    public static IResourceBuilder<T> WithKillCommand<T>(
        this IResourceBuilder<T> resource,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute
    )
        where T : IResource =>
        resource.WithCommand(
            Name,
            "Kill",
            execute,
            new CommandOptions
            {
                Description = "SIGKILL; it is started again.",
                IconName = "Flash",
                UpdateState = context =>
                    ProcessOf(context.ResourceSnapshot) is null
                        ? ResourceCommandState.Hidden
                        : ResourceCommandState.Enabled,
            }
        );

    /// <summary>Id of the process of a resource, or of one replica of it; null while none runs.</summary>
    public static int? ProcessOf(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running
        && snapshot.Properties.FirstOrDefault(property => property.Name == ProcessId)?.Value is { } id
            ? Convert.ToInt32(id, CultureInfo.InvariantCulture)
            : null;

    private static async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (
            !notifications.TryGetCurrentState(context.ResourceName, out var current)
            || ProcessOf(current.Snapshot) is not { } process
        )
        {
            return CommandResults.Failure($"{context.ResourceName} has no process.");
        }

        context.Services.GetRequiredService<RestartPolicy>().RestartAtOnce(context.ResourceName);
        // Its children with it: a PostgreSQL whose backends live on has not lost anything.
        foreach (var one in ProcessTree.WithDescendants(process))
        {
            Libc.Signal(one, Libc.SigKill);
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        bound.CancelAfter(Bound);
        // Whoever asked may look next whether it is healthy, and must not meet the state of before.
        await notifications.WaitForResourceAsync(
            current.Resource.Name,
            change => change.ResourceId == context.ResourceName && ProcessOf(change.Snapshot) != process,
            bound.Token
        );
        return CommandResults.Success();
    }
}
