using Aspire.Hosting.ApplicationModel;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>
/// The part of the package Aspire.Hosting.Kafka that the app model uses, for package sources that do not serve it: the same
/// names, image, endpoints, environment and connection string.
/// </summary>
public static class KafkaBuilderExtensions
{
    private const int BrokerPort = 9092;
    private const int InternalPort = 9093;
    private const string DataFolder = "/var/lib/kafka/data";

    /// <summary>Adds a Kafka broker: one node in a container.</summary>
    /// <param name="port">Port of this machine; null = any.</param>
    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        int? port = null
    )
    {
        var kafka = new KafkaServerResource(name);
        var check = $"{name}_check";
        builder
            .Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(check, _ => new BrokerAnswers(kafka), failureStatus: null, tags: null));
        return builder
            .AddResource(kafka)
            .WithEndpoint(targetPort: BrokerPort, port: port, name: KafkaServerResource.PrimaryEndpointName)
            .WithEndpoint(targetPort: InternalPort, name: KafkaServerResource.InternalEndpointName)
            .WithImage("confluentinc/confluent-local", "8.1.0")
            .WithImageRegistry("docker.io")
            .WithEnvironment(context => Listen(context, kafka))
            .WithHealthCheck(check);
    }

    /// <summary>Keeps the log in a volume.</summary>
    /// <param name="name">Null = named after the application and the resource.</param>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) =>
        builder
            .WithEnvironment("KAFKA_LOG_DIRS", DataFolder)
            .WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataFolder, isReadOnly);

    // One listener for the broker itself, one for its controller, one for this machine and one for other containers.
    private static void Listen(EnvironmentCallbackContext context, KafkaServerResource kafka)
    {
        var (host, inside) = (kafka.PrimaryEndpoint, kafka.InternalEndpoint);
        context.EnvironmentVariables["KAFKA_LISTENERS"] =
            $"PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:{BrokerPort},PLAINTEXT_INTERNAL://0.0.0.0:{InternalPort}";
        context.EnvironmentVariables["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] =
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,PLAINTEXT_INTERNAL:PLAINTEXT";
        context.EnvironmentVariables["KAFKA_ADVERTISED_LISTENERS"] = context.ExecutionContext.IsRunMode
            ? ReferenceExpression.Create(
                $"PLAINTEXT://localhost:29092,PLAINTEXT_HOST://localhost:{host.Property(EndpointProperty.Port)},PLAINTEXT_INTERNAL://{kafka.Name}:{inside.Property(EndpointProperty.TargetPort)}"
            )
            : ReferenceExpression.Create(
                $"PLAINTEXT://{host.Property(EndpointProperty.Host)}:29092,PLAINTEXT_HOST://{host.Property(EndpointProperty.HostAndPort)},PLAINTEXT_INTERNAL://{inside.Property(EndpointProperty.HostAndPort)}"
            );
    }

    /// <summary>Asks for the brokers' addresses: an open port says nothing about the broker behind it.</summary>
    private sealed class BrokerAnswers(KafkaServerResource kafka) : IHealthCheck
    {
        private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            var address = await kafka.ConnectionStringExpression.GetValueAsync(cancellationToken);
            var settings = new AdminClientConfig { BootstrapServers = address };
            // The client blocks its thread until the answer, and complains on stderr while there is none.
            return await Task.Run(
                () =>
                {
                    using var client = new AdminClientBuilder(settings).SetLogHandler((_, _) => { }).Build();
                    try
                    {
                        client.GetMetadata(Timeout);
                        return HealthCheckResult.Healthy();
                    }
                    catch (KafkaException silent)
                    {
                        return new HealthCheckResult(context.Registration.FailureStatus, silent.Error.Reason);
                    }
                },
                cancellationToken
            );
        }
    }
}
