using Commerce.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Kafka;

internal static class KafkaSetup
{
    /// <summary>Adds the broker's address, from <c>ConnectionStrings__kafka</c>, and <see cref="KafkaAdmin"/> with its client.</summary>
    public static void AddKafka(this IHostApplicationBuilder builder)
    {
        var address = new KafkaAddress(builder.Configuration.RequiredConnectionString("kafka"));
        builder.Services.AddSingleton(address);
        builder.Services.AddSingleton<KafkaAdmin>();
        builder.AddKafkaProducer<string, byte[]>(
            "kafka",
            settings =>
            {
                address.Apply(settings.Config).SocketTimeoutMs = 10_000;
                // Without a broker a service still does its work and keeps what it has to publish, so it stays ready; the
                // relay's own check says what is wrong.
                settings.DisableHealthChecks = true;
                // It publishes nothing that could be measured or traced.
                settings.DisableMetrics = true;
                settings.DisableTracing = true;
            },
            (services, producer) =>
            {
                var logger = services.GetRequiredService<ILogger<KafkaAdmin>>();
                producer
                    .SetErrorHandler((_, _) => { })
                    .SetLogHandler((_, message) => logger.LogDebug("{Message}", message.Message));
            }
        );
        // All that the integration would say is that it finds a log handler set, at every start.
        builder.Logging.AddFilter("Aspire.Confluent.Kafka", LogLevel.Error);
    }
}
