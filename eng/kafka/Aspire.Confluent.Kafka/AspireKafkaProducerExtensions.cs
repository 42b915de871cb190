using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// The part of the package Aspire.Confluent.Kafka that the services use, for package sources that do not serve it: the same
/// names, settings, connection string, log category and health check.
/// </summary>
public static class AspireKafkaProducerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Producer";
    private const string LogCategory = "Aspire.Confluent.Kafka";
    private const string Check = "Aspire.Confluent.Kafka.Producer";

    /// <summary>Adds an <see cref="IProducer{TKey, TValue}"/>: one for the process, made when somebody first asks for it.</summary>
    /// <param name="connectionName">Under which <c>ConnectionStrings</c> has the brokers.</param>
    /// <param name="configureSettings">Has the last word on the settings.</param>
    /// <param name="configureBuilder">Sets handlers and serializers.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder
    )
    {
        var settings = Read(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);
        settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;
        builder.Services.AddSingleton(services => Build(services, settings.Config, configureBuilder));
        // Once, however many producers there are: two checks of one name would be refused.
        if (!settings.DisableHealthChecks && builder.Properties.TryAdd(Check, true))
        {
            builder
                .Services.AddHealthChecks()
                .Add(
                    new HealthCheckRegistration(
                        Check,
                        _ => new BrokerAnswers(settings.Config),
                        failureStatus: null,
                        tags: null
                    )
                );
        }
    }

    private static KafkaProducerSettings Read(IConfiguration configuration, string connectionName)
    {
        var settings = new KafkaProducerSettings();
        var section = configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static IProducer<TKey, TValue> Build<TKey, TValue>(
        IServiceProvider services,
        ProducerConfig config,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configure
    )
    {
        if (string.IsNullOrEmpty(config.BootstrapServers))
        {
            throw new InvalidOperationException("A Kafka producer has no bootstrap servers.");
        }

        var builder = new ProducerBuilder<TKey, TValue>(config);
        configure?.Invoke(services, builder);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory);
        try
        {
            builder.SetLogHandler((_, message) => logger.Log(LevelOf(message), "{Message}", message.Message));
        }
        catch (InvalidOperationException)
        {
            // The package says so too, and whoever set a handler should find that out here already.
            logger.LogWarning(
                "The producer has a log handler already; nothing is logged under {Category}",
                LogCategory
            );
        }

        return builder.Build();
    }

    private static LogLevel LevelOf(LogMessage message) =>
        (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);

    /// <summary>Asks for the brokers, by a client of its own: the producer may be disposed of while the answer is awaited.</summary>
    private sealed class BrokerAnswers(ProducerConfig config) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            // Only a producer understands these.
            var settings = config
                .Where(setting => !setting.Key.StartsWith("dotnet.producer.", StringComparison.Ordinal))
                .ToDictionary();
            // The client blocks its thread until the answer.
            return Task.Run(
                () =>
                {
                    using var client = new AdminClientBuilder(settings).SetLogHandler((_, _) => { }).Build();
                    try
                    {
                        client.GetMetadata(Patience);
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
