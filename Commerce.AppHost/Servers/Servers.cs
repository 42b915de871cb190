using Commerce.AppHost.Platform;
using Commerce.ServerProcesses;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.AppHost.Servers;

/// <summary>PostgreSQL, Redis and Kafka: containers where an engine answers, processes of this machine elsewhere.</summary>
internal static class ServersExtensions
{
    public static void AddServers(this IDistributedApplicationBuilder builder, PlatformHome home)
    {
        var areContainers = ContainerEngine.IsWanted(builder.Configuration, ImagesOf(builder));
        if (builder.Configuration.GetValue("ask-for-servers", false))
        {
            // ./commerce asks before it installs what only processes need.
            Console.WriteLine(areContainers ? "containers" : "processes");
            Environment.Exit(0);
        }

        if (areContainers)
        {
            RunAsContainers(builder, home);
            return;
        }

        foreach (var postgres in builder.All<PostgresServerResource>())
        {
            postgres
                .RunAsProcess(
                    async (port, cancellationToken) =>
                        new PostgresServer(
                            new PostgresServerOptions
                            {
                                Port = port,
                                DataDirectory = home.DataOf(postgres.Resource.Name),
                                Password = await postgres.Resource.PasswordParameter.GetValueAsync(cancellationToken),
                                Durable = true,
                                Arguments = await ArgumentsOfAsync(postgres.Resource, cancellationToken),
                            }
                        )
                )
                .WithAnnotation(new StopSignalAnnotation(Libc.SigInt));
        }

        foreach (var redis in builder.All<RedisResource>())
        {
            redis.RunAsProcess(
                async (port, cancellationToken) =>
                    new RedisServer(
                        new RedisServerOptions
                        {
                            Port = port,
                            DataDirectory = home.DataOf(redis.Resource.Name),
                            Password = await redis.Resource.PasswordParameter!.GetValueAsync(cancellationToken),
                        }
                    )
            );
        }

        foreach (var kafka in builder.All<KafkaServerResource>())
        {
            kafka.RunAsProcess(
                (port, _) => Task.FromResult(KafkaOf(builder.Configuration, home.DataOf(kafka.Resource.Name), port))
            );
        }

        TellWhichBroker(builder);
    }

    private static IEnumerable<string> ImagesOf(IDistributedApplicationBuilder builder) =>
        builder
            .Resources.SelectMany(server => server.Annotations.OfType<ContainerImageAnnotation>())
            .Select(image => $"{image.Registry}/{image.Image}:{image.Tag}");

    // The embedded broker has no controller to create topics by, and keeps little: services have to know.
    private static void TellWhichBroker(IDistributedApplicationBuilder builder)
    {
        if (KafkaHome(builder.Configuration) is null)
        {
            foreach (var project in builder.All<ProjectResource>())
            {
                project.WithEnvironment("Messaging__Broker", "Embedded");
            }
        }
    }

    private static ServerProcess KafkaOf(ConfigurationManager configuration, string folder, int port)
    {
        var topics = configuration.GetSection("Kafka:Topics").Get<string[]>() ?? [];
        var partitions = configuration.GetValue("Kafka:Partitions", 12);
        return KafkaHome(configuration) is { } home
            ? new ApacheKafka(
                new ApacheKafkaOptions(home)
                {
                    DataDirectory = folder,
                    Port = port,
                    Topics = topics,
                    Partitions = partitions,
                }
            )
            : new KafkaBroker(
                new KafkaBrokerOptions
                {
                    Port = port,
                    Topics = topics,
                    Partitions = partitions,
                }
            );
    }

    private static string? KafkaHome(ConfigurationManager configuration) =>
        configuration["KAFKA_HOME"] is { Length: > 0 } home ? home : null;

    /// <summary>What the app model gives the server on its command line.</summary>
    private static async Task<IReadOnlyList<string>> ArgumentsOfAsync(
        PostgresServerResource postgres,
        CancellationToken cancellationToken
    )
    {
        var arguments = new List<object>();
        foreach (var annotation in postgres.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments, postgres, cancellationToken));
        }

        return [.. arguments.Select(argument => argument.ToString()!)];
    }

    private static void RunAsContainers(IDistributedApplicationBuilder builder, PlatformHome home)
    {
        var servers = builder.All<ContainerResource>().ToList();
        var containers = new ServerContainers(
            ContainerEngine.Program(builder.Configuration),
            home.Path,
            [.. servers.Select(server => home.VolumeOf(server.Resource.Name))]
        );
        builder.Services.AddSingleton(containers);
        foreach (var server in servers)
        {
            KeepDataApart(server.Resource, home);
            server.WithContainerRuntimeArgs([.. containers.Arguments]).WithRestart().WithKillCommand();
        }
    }

    /// <summary>Aspire names a volume after the checkout; two platforms of one checkout have data of their own.</summary>
    private static void KeepDataApart(ContainerResource server, PlatformHome home)
    {
        foreach (var volume in server.Annotations.OfType<ContainerMountAnnotation>().ToList())
        {
            server.Annotations.Remove(volume);
            server.Annotations.Add(
                new ContainerMountAnnotation(home.VolumeOf(server.Name), volume.Target, volume.Type, volume.IsReadOnly)
            );
        }
    }
}
