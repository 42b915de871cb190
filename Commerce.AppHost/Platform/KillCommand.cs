using System.Globalization;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.AppHost.Platform;

/// <summary>A command on every process and container: SIGKILL, as a machine would take it away. It is started again at once.</summary>
internal static class KillCommand
{
    public const string Name = "kill";

    /// <summary>The property that has it.</summary>
    public const string ProcessId = "executable.pid";
    private const string ContainerId = "container.id";

    // An engine takes its time to notice.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static IResourceBuilder<T> WithKillCommand<T>(this IResourceBuilder<T> resource)
        where T : IResource =>
        resource.WithCommand(
            Name,
            "Kill",
            ExecuteAsync,
            new CommandOptions
            {
                Description = "SIGKILL; it is started again.",
                IconName = "Flash",
                UpdateState = context =>
                    RunningOf(context.ResourceSnapshot) is null
                        ? ResourceCommandState.Hidden
                        : ResourceCommandState.Enabled,
            }
        );

    /// <summary>Id of the process of a resource, or of one replica of it; null while none runs.</summary>
    public static int? ProcessOf(CustomResourceSnapshot snapshot) =>
        PropertyOf(snapshot, ProcessId) is { } id ? Convert.ToInt32(id, CultureInfo.InvariantCulture) : null;

    private static string? ContainerOf(CustomResourceSnapshot snapshot) =>
        PropertyOf(snapshot, ContainerId) as string is { Length: > 0 } id ? id : null;

    private static string? RunningOf(CustomResourceSnapshot snapshot) =>
        ContainerOf(snapshot) ?? ProcessOf(snapshot)?.ToString(CultureInfo.InvariantCulture);

    private static object? PropertyOf(CustomResourceSnapshot snapshot, string name) =>
        snapshot.State?.Text == KnownResourceStates.Running
            ? snapshot.Properties.FirstOrDefault(property => property.Name == name)?.Value
            : null;

    private static async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (
            !notifications.TryGetCurrentState(context.ResourceName, out var current)
            || RunningOf(current.Snapshot) is not { } running
        )
        {
            return CommandResults.Failure($"{context.ResourceName} does not run.");
        }

        context.Services.GetRequiredService<RestartPolicy>().RestartAtOnce(context.ResourceName);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        bound.CancelAfter(Bound);
        if (ContainerOf(current.Snapshot) is { } container)
        {
            await context.Services.GetRequiredService<ServerContainers>().KillAsync(container, bound.Token);
        }
        else
        {
            // Its children with it: a PostgreSQL whose backends live on has not lost anything.
            foreach (var one in ProcessTree.WithDescendants(ProcessOf(current.Snapshot)!.Value))
            {
                Libc.Signal(one, Libc.SigKill);
            }
        }

        // Whoever asked may look next whether it is healthy, and must not meet the state of before.
        await notifications.WaitForResourceAsync(
            current.Resource.Name,
            change => change.ResourceId == context.ResourceName && RunningOf(change.Snapshot) != running,
            bound.Token
        );
        return CommandResults.Success();
    }
}
