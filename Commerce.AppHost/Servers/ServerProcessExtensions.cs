using System.Collections.Immutable;
using System.Globalization;
using Commerce.AppHost.Platform;
using Commerce.ServerProcesses;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.AppHost.Servers;

/// <summary>Runs a server of the app model as a process of this machine.</summary>
internal static class ServerProcessExtensions
{
    private const string Tcp = "tcp";
    private static readonly string[] Commands =
    [
        KnownResourceCommands.StartCommand,
        KnownResourceCommands.StopCommand,
        KnownResourceCommands.RestartCommand,
        KillCommand.Name,
    ];

    /// <summary>
    /// The server stays in the model as what it is: its health check, connection string, children, references and waits work on.
    /// Only its container is gone, and a process beside it, which DCP runs, does what the container would.
    /// </summary>
    /// <param name="create">The server for a port; asked before each start.</param>
    /// <returns>The process.</returns>
    public static IResourceBuilder<ExecutableResource> RunAsProcess<T>(
        this IResourceBuilder<T> server,
        Func<int, CancellationToken, Task<ServerProcess>> create
    )
        where T : ContainerResource, IResourceWithConnectionString
    {
        var builder = server.ApplicationBuilder;
        var tcp = BecomeProxyless(server.Resource);
        var process = builder
            .AddExecutable(server.Resource.Name + "-process", "env", "/")
            .WithArgs(async context =>
            {
                var command = await (await create(tcp.Port!.Value, context.CancellationToken)).PrepareCommandAsync(
                    context.CancellationToken
                );
                foreach (var (name, value) in command.Environment)
                {
                    context.Args.Add($"{name}={value}");
                }

                context.Args.Add(command.FileName);
                foreach (var argument in command.Arguments)
                {
                    context.Args.Add(argument);
                }
            })
            .ExcludeFromManifest()
            .WithParentRelationship(server)
            .WithInitialState(
                new CustomResourceSnapshot
                {
                    ResourceType = "Executable",
                    Properties = [],
                    IsHidden = true,
                }
            )
            .WithRestart()
            .WithKillCommand();
        server.OnInitializeResource(
            async (resource, initialize, cancellationToken) =>
            {
                DelegateCommands(resource, process.Resource);
                tcp.AllocatedEndpoint = new AllocatedEndpoint(tcp, "127.0.0.1", tcp.Port!.Value);
                await initialize.Eventing.PublishAsync(
                    new ResourceEndpointsAllocatedEvent(resource, initialize.Services),
                    cancellationToken
                );
                // Nobody else says this of a resource that is neither container nor project, and the health checks wait for it.
                var family = builder
                    .Resources.Where(other => other is IResourceWithParent child && child.Parent == resource)
                    .Prepend(resource)
                    .ToList();
                foreach (var one in family)
                {
                    await initialize.Eventing.PublishAsync(
                        new ConnectionStringAvailableEvent(one, initialize.Services),
                        cancellationToken
                    );
                }

                await initialize.Eventing.PublishAsync(
                    new BeforeResourceStartedEvent(resource, initialize.Services),
                    cancellationToken
                );
                _ = MirrorStateAsync(process.Resource, family, initialize.Notifications, cancellationToken);
                _ = MirrorLogAsync(process.Resource, resource, initialize.Services, cancellationToken);
            }
        );
        return process;
    }

    /// <summary>Without an image Aspire neither starts a container nor asks for an engine.</summary>
    private static EndpointAnnotation BecomeProxyless(ContainerResource server)
    {
        foreach (var image in server.Annotations.OfType<ContainerImageAnnotation>().ToList())
        {
            server.Annotations.Remove(image);
        }

        foreach (var other in server.Annotations.OfType<EndpointAnnotation>().Where(e => e.Name != Tcp).ToList())
        {
            server.Annotations.Remove(other);
        }

        var tcp = server.Annotations.OfType<EndpointAnnotation>().Single();
        tcp.Port ??= FreePort.Next();
        tcp.TargetPort = tcp.Port;
        tcp.IsProxied = false;
        return tcp;
    }

    /// <summary>Who stops, kills or restarts the server means its process.</summary>
    private static void DelegateCommands(IResource server, ExecutableResource process)
    {
        foreach (
            var command in process.Annotations.OfType<ResourceCommandAnnotation>().Where(c => Commands.Contains(c.Name))
        )
        {
            server.Annotations.Add(
                new ResourceCommandAnnotation(
                    command.Name,
                    command.DisplayName,
                    command.UpdateState,
                    context =>
                        context
                            .Services.GetRequiredService<ResourceCommandService>()
                            .ExecuteCommandAsync(process, command.Name, context.CancellationToken),
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

    /// <summary>
    /// The server and its databases are in the state of the process. «Running» starts the health checks, and the first healthy
    /// answer has Aspire create the databases.
    /// </summary>
    private static async Task MirrorStateAsync(
        ExecutableResource process,
        List<IResource> family,
        ResourceNotificationService notifications,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                if (change.Resource != process || change.Snapshot.State is null)
                {
                    continue;
                }

                foreach (var one in family)
                {
                    await notifications.PublishUpdateAsync(
                        one,
                        snapshot =>
                            snapshot with
                            {
                                ResourceType = one == family[0] ? change.Snapshot.ResourceType : snapshot.ResourceType,
                                State = change.Snapshot.State,
                                StartTimeStamp = change.Snapshot.StartTimeStamp,
                                StopTimeStamp = change.Snapshot.StopTimeStamp,
                                ExitCode = change.Snapshot.ExitCode,
                                Properties =
                                    one == family[0] ? WithProcess(snapshot, change.Snapshot) : snapshot.Properties,
                            }
                    );
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the platform.
        }
    }

    private static ImmutableArray<ResourcePropertySnapshot> WithProcess(
        CustomResourceSnapshot server,
        CustomResourceSnapshot process
    ) =>
        [
            .. server.Properties.Where(property => property.Name != KillCommand.ProcessId),
            .. process.Properties.Where(property => property.Name == KillCommand.ProcessId),
        ];

    /// <summary>DCP puts the time before each line, and so will the log that it is written into.</summary>
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end
        && DateTime.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out _)
            ? line[(end + 1)..]
            : line;

    private static async Task MirrorLogAsync(
        ExecutableResource process,
        IResource server,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var loggers = services.GetRequiredService<ResourceLoggerService>();
        var log = loggers.GetLogger(server);
        try
        {
            await foreach (var lines in loggers.WatchAsync(process).WithCancellation(cancellationToken))
            {
                foreach (var line in lines)
                {
                    log.Log(
                        line.IsErrorMessage ? LogLevel.Error : LogLevel.Information,
                        "{Line}",
                        WithoutTime(line.Content)
                    );
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the platform.
        }
    }
}
