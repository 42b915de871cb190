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
        foreach (var redis in builder.Resources.OfType<RedisResource>().ToList())
        {
            // On loopback; without a trusted certificate, which few machines have, Aspire would complain on each start.
#pragma warning disable ASPIRECERTIFICATES001 // Evaluation only, and the one way to say so.
            builder.CreateResourceBuilder(redis).WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        }

        if (ContainerEngine.IsWanted(builder.Configuration, ImagesOf(builder)))
        {
            RunAsContainers(builder, home);
            return;
        }

        foreach (var postgres in builder.Resources.OfType<PostgresServerResource>().ToList())
        {
            builder
                .CreateResourceBuilder(postgres)
                .RunAsProcess(
                    async (port, cancellationToken) =>
                        new PostgresServer(
                            new PostgresServerOptions
                            {
                                Port = port,
                                DataDirectory = home.DataOf(postgres.Name),
                                Password = await postgres.PasswordParameter.GetValueAsync(cancellationToken),
                                Durable = true,
                                Arguments = await ArgumentsOfAsync(postgres, cancellationToken),
                            }
                        )
                )
                .WithAnnotation(new StopSignalAnnotation(Libc.SigInt));
        }

        foreach (var redis in builder.Resources.OfType<RedisResource>().ToList())
        {
            builder
                .CreateResourceBuilder(redis)
                .RunAsProcess(
                    async (port, cancellationToken) =>
                        new RedisServer(
                            new RedisServerOptions
                            {
                                Port = port,
                                DataDirectory = home.DataOf(redis.Name),
                                Password = await redis.PasswordParameter!.GetValueAsync(cancellationToken),
                            }
                        )
                );
        }

        foreach (var kafka in builder.Resources.OfType<KafkaServerResource>().ToList())
        {
            builder
                .CreateResourceBuilder(kafka)
                .RunAsProcess(
                    (port, _) => Task.FromResult(KafkaOf(builder.Configuration, home.DataOf(kafka.Name), port))
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
            foreach (var project in builder.Resources.OfType<ProjectResource>())
            {
                builder.CreateResourceBuilder(project).WithEnvironment("Messaging__Broker", "Embedded");
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
        var servers = builder.Resources.OfType<ContainerResource>().ToList();
        var containers = new ServerContainers(
            ContainerEngine.Program(builder.Configuration),
            home.Path,
            [.. servers.Select(server => home.VolumeOf(server.Name))]
        );
        builder.Services.AddSingleton(containers);
        foreach (var server in servers)
        {
            KeepDataApart(server, home);
            builder
                .CreateResourceBuilder(server)
                .WithContainerRuntimeArgs([.. containers.Arguments])
                .WithRestart()
                .WithKillCommand();
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
