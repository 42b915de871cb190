using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Engine;

/// <summary>Which native server stands in for which container of the app model. Nothing is started here.</summary>
internal sealed class ServerFactory(NativeApplicationBuilder application)
{
    public async Task<(string Kind, NativeServer Server)> CreateAsync(
        ContainerResource resource,
        ResourceLog log,
        CancellationToken cancellationToken
    )
    {
        var arguments = new List<string>();
        foreach (var argument in ResourceEnvironment.Arguments(resource))
        {
            arguments.Add(await ResourceEnvironment.TextAsync(argument, cancellationToken));
        }

        var port = new EndpointReference(resource, "tcp").Port;
        var kept = resource.Annotations.OfType<VolumeAnnotation>().Any();
        var folder = kept ? Path.Combine(application.Paths.Data, resource.Name) : null;
        switch (resource)
        {
            case PostgresServerResource postgres:
                var options = new PostgresServerOptions
                {
                    DataDirectory = folder,
                    Port = port,
                    Password = await postgres.PasswordParameter.GetValueAsync(cancellationToken),
                    Databases =
                    [
                        .. application
                            .Resources.OfType<PostgresDatabaseResource>()
                            .Where(database => database.Parent == postgres)
                            .Select(database => database.DatabaseName),
                    ],
                    Durable = kept,
                    Arguments = arguments,
                    Log = log.Write,
                };
                return (Kinds.Postgres, new PostgresServer(options));
            case RedisResource redis:
                return (
                    Kinds.Redis,
                    new RedisServer(
                        new RedisServerOptions
                        {
                            DataDirectory = folder,
                            Port = port,
                            Password = await redis.PasswordParameter!.GetValueAsync(cancellationToken),
                            Log = log.Write,
                        }
                    )
                );
            case KafkaServerResource:
                return (Kinds.Kafka, KafkaOf(folder, port, log));
            default:
                throw new NotSupportedException(
                    $"{resource.Name}: the native engine cannot run a {resource.GetType().Name}."
                );
        }
    }

    private NativeServer KafkaOf(string? folder, int port, ResourceLog log)
    {
        var topics = application.Configuration.GetSection("Native:KafkaTopics").Get<string[]>() ?? [];
        var partitions = application.Configuration.GetValue("Native:KafkaPartitions", 12);
        if (application.Configuration["KAFKA_HOME"] is { Length: > 0 } home)
        {
            return new ApacheKafka(
                new ApacheKafkaOptions(home)
                {
                    DataDirectory = folder,
                    Port = port,
                    Topics = topics,
                    Partitions = partitions,
                    Log = log.Write,
                }
            );
        }

        return new KafkaBroker(
            new KafkaBrokerOptions
            {
                Topics = topics,
                Partitions = partitions,
                Port = port,
                Log = log.Write,
            }
        );
    }
}
