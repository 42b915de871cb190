using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>PostgreSQL.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>Adds a PostgreSQL server with a generated password.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null
    )
    {
        var parameter =
            password?.Resource
            ?? ParameterResourceBuilderExtensions.CreateGenerated(builder, $"{name}-password", special: true);
        return builder
            .AddResource(new PostgresServerResource(name, parameter))
            .WithAnnotation(new EndpointAnnotation("tcp", "tcp") { Port = port, TargetPort = 5432 })
            .WithAnnotation(new ContainerImageAnnotation("docker.io/library/postgres:18.3"))
            .WithAnnotation(
                new ContainerEnvironmentAnnotation(variables =>
                {
                    variables["POSTGRES_HOST_AUTH_METHOD"] = "scram-sha-256";
                    variables["POSTGRES_INITDB_ARGS"] = "--auth-host=scram-sha-256 --auth-local=scram-sha-256";
                    variables["POSTGRES_USER"] = PostgresServerResource.UserName;
                    variables["POSTGRES_PASSWORD"] = parameter;
                })
            );
    }

    /// <summary>Adds a database, which is created when it is not there.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder,
        string name,
        string? databaseName = null
    ) =>
        builder.ApplicationBuilder.AddResource(
            new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource)
        );

    /// <summary>Keeps the data.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) => builder.WithVolume(name, "/var/lib/postgresql", isReadOnly);

    /// <summary>pgAdmin is a container: left out here.</summary>
    public static IResourceBuilder<T> WithPgAdmin<T>(
        this IResourceBuilder<T> builder,
        Action<IResourceBuilder<ContainerResource>>? configureContainer = null,
        string? containerName = null
    )
        where T : PostgresServerResource => builder.LeaveOut("pgAdmin", configureContainer, containerName);

    /// <summary>pgweb is a container: left out here.</summary>
    public static IResourceBuilder<PostgresServerResource> WithPgWeb(
        this IResourceBuilder<PostgresServerResource> builder,
        Action<IResourceBuilder<ContainerResource>>? configureContainer = null,
        string? containerName = null
    ) => builder.LeaveOut("pgweb", configureContainer, containerName);
}

/// <summary>Kafka.</summary>
public static class KafkaBuilderExtensions
{
    /// <summary>Adds a Kafka broker.</summary>
    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder,
        string name,
        int? port = null
    )
    {
        var kafka = new KafkaServerResource(name);
        var inside = new EndpointReference(kafka, "internal");
        var host = kafka.PrimaryEndpoint.Property(EndpointProperty.Host);
        return builder
            .AddResource(kafka)
            .WithAnnotation(new EndpointAnnotation("tcp", "tcp") { Port = port, TargetPort = 9092 })
            .WithAnnotation(new EndpointAnnotation("internal", "tcp") { TargetPort = 9093 })
            .WithAnnotation(new ContainerImageAnnotation("docker.io/confluentinc/confluent-local:8.2.0"))
            .WithAnnotation(
                new ContainerEnvironmentAnnotation(variables =>
                {
                    variables["KAFKA_LISTENERS"] =
                        "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092,"
                        + "PLAINTEXT_INTERNAL://0.0.0.0:9093";
                    variables["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] =
                        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,"
                        + "PLAINTEXT_INTERNAL:PLAINTEXT";
                    variables["KAFKA_ADVERTISED_LISTENERS"] = ReferenceExpression.Create(
                        $"PLAINTEXT://{host}:29092,PLAINTEXT_HOST://{host}:{kafka.PrimaryEndpoint.Property(EndpointProperty.Port)},PLAINTEXT_INTERNAL://{inside.Property(EndpointProperty.Host)}:{inside.Property(EndpointProperty.Port)}"
                    );
                    if (kafka.Annotations.OfType<VolumeAnnotation>().Any())
                    {
                        variables["KAFKA_LOG_DIRS"] = "/var/lib/kafka/data";
                    }
                })
            );
    }

    /// <summary>Keeps the data where an Apache Kafka runs; the embedded broker holds everything in memory.</summary>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) => builder.WithVolume(name, "/var/lib/kafka/data", isReadOnly);

    /// <summary>The UI is a container: left out here.</summary>
    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder,
        Action<IResourceBuilder<ContainerResource>>? configureContainer = null,
        string? containerName = null
    ) => builder.LeaveOut("Kafka UI", configureContainer, containerName);
}

/// <summary>Redis.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>Adds a Redis server with a generated password.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder,
        string name,
        int? port = null,
        IResourceBuilder<ParameterResource>? password = null
    )
    {
        var parameter =
            password?.Resource
            ?? ParameterResourceBuilderExtensions.CreateGenerated(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, parameter);
        return builder
            .AddResource(redis)
            .WithAnnotation(new EndpointAnnotation("tcp", "redis") { Port = port, TargetPort = 6379 })
            .WithAnnotation(new ContainerImageAnnotation("docker.io/library/redis:8.6"))
            .WithAnnotation(new ContainerEnvironmentAnnotation(variables => variables["REDIS_PASSWORD"] = parameter));
    }

    /// <summary>Keeps the data.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(
        this IResourceBuilder<RedisResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) => builder.WithVolume(name, "/data", isReadOnly);

    /// <summary>Redis Insight is a container: left out here.</summary>
    public static IResourceBuilder<RedisResource> WithRedisInsight(
        this IResourceBuilder<RedisResource> builder,
        Action<IResourceBuilder<ContainerResource>>? configureContainer = null,
        string? containerName = null
    ) => builder.LeaveOut("Redis Insight", configureContainer, containerName);

    /// <summary>Redis Commander is a container: left out here.</summary>
    public static IResourceBuilder<RedisResource> WithRedisCommander(
        this IResourceBuilder<RedisResource> builder,
        Action<IResourceBuilder<ContainerResource>>? configureContainer = null,
        string? containerName = null
    ) => builder.LeaveOut("Redis Commander", configureContainer, containerName);
}

/// <summary>What containers can be told.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Accepted and without effect: servers live as long as the AppHost, their data longer.</summary>
    public static IResourceBuilder<T> WithLifetime<T>(this IResourceBuilder<T> builder, ContainerLifetime lifetime)
        where T : ContainerResource
    {
        _ = lifetime;
        return builder;
    }

    internal static IResourceBuilder<T> WithVolume<T>(
        this IResourceBuilder<T> builder,
        string? name,
        string target,
        bool isReadOnly
    )
        where T : ContainerResource
    {
        if (isReadOnly)
        {
            throw new NotSupportedException($"{builder.Resource.Name}: a read-only volume needs a container.");
        }

        return builder.WithAnnotation(
            new VolumeAnnotation(name ?? $"{VolumePrefix(builder)}-{builder.Resource.Name}-data", target)
        );
    }

    internal static IResourceBuilder<T> LeaveOut<T>(
        this IResourceBuilder<T> builder,
        string what,
        Action<IResourceBuilder<ContainerResource>>? configureContainer,
        string? containerName
    )
        where T : ContainerResource
    {
        _ = (configureContainer, containerName);
        ((NativeApplicationBuilder)builder.ApplicationBuilder).Notices.Add(
            $"{what} for {builder.Resource.Name} needs a container and is left out."
        );
        return builder;
    }

    /// <summary>AppHost's name and a hash of its path, so that two checkouts do not share data.</summary>
    private static string VolumePrefix<T>(IResourceBuilder<T> builder)
        where T : IResource
    {
        var path = ((NativeApplicationBuilder)builder.ApplicationBuilder).AppHostPath;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..10];
        return $"{Path.GetFileNameWithoutExtension(path).ToLowerInvariant()}-{hash}";
    }
}
