using Commerce.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Tests.Support;

/// <summary>What asks the broker, set up as in a service, without the rest of one.</summary>
internal static class KafkaServices
{
    public static readonly RequiredTopics Notes = new(["notes"]);

    public static ServiceProvider With(string kafka, ILoggerProvider? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:kafka"] = kafka;
        builder.AddKafka();
        builder.Services.AddSingleton(Notes);
        builder.Services.AddSingleton(new KafkaOptions());
        if (log is not null)
        {
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        }

        return builder.Services.BuildServiceProvider();
    }
}
