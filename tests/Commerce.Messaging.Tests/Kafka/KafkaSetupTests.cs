using Commerce.Messaging.Kafka;
using Commerce.Messaging.Tests.Support;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Tests.Kafka;

/// <summary>Aspire.Confluent.Kafka as we use it: the package or the stand-in, whichever the build took.</summary>
public sealed class KafkaSetupTests
{
    [Fact]
    public async Task A_broker_that_is_away_fills_no_log()
    {
        using var log = new AllLines();
        await using var services = KafkaServices.With("127.0.0.1:1", log);
        var admin = services.GetRequiredService<KafkaAdmin>();

        await Should.ThrowAsync<KafkaException>(() => admin.PartitionCountAsync("notes", CancellationToken.None));

        log.Lines.From(LogLevel.Information).ShouldBeEmpty();
        log.Lines.From(LogLevel.Debug).ShouldContain(line => line.Contains("127.0.0.1:1"), "it can be had");
    }

    [Fact]
    public void Settings_come_from_the_section_the_connection_string_and_the_program_in_this_order()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        const string Section = "Aspire:Confluent:Kafka:Producer:";
        builder.Configuration["ConnectionStrings:near"] = "127.0.0.1:1";
        builder.Configuration[Section + "ConnectionString"] = "127.0.0.1:2";
        builder.Configuration[Section + "DisableHealthChecks"] = "true";
        builder.Configuration[Section + "Config:ClientId"] = "all";
        builder.Configuration[Section + "Config:LingerMs"] = "7";
        builder.Configuration[Section + "near:Config:ClientId"] = "near";
        builder.Configuration[Section + "near:Config:SocketTimeoutMs"] = "1000";
        ProducerConfig? config = null;

        builder.AddKafkaProducer<string, byte[]>(
            "near",
            settings =>
            {
                settings.ConnectionString.ShouldBe("127.0.0.1:1");
                settings.DisableHealthChecks.ShouldBeTrue();
                config = settings.Config;
                config.SocketTimeoutMs.ShouldBe(1000);
                config.SocketTimeoutMs = 2000;
            },
            (_, producer) => producer.SetLogHandler((_, _) => { })
        );

        config!.BootstrapServers.ShouldBe("127.0.0.1:1");
        config.ClientId.ShouldBe("near");
        config.LingerMs.ShouldBe(7);
        config.SocketTimeoutMs.ShouldBe(2000);
        using var services = builder.Services.BuildServiceProvider();
        var made = services.GetRequiredService<IProducer<string, byte[]>>();
        made.Name.ShouldStartWith("near#producer");
        services.GetRequiredService<IProducer<string, byte[]>>().ShouldBeSameAs(made);
    }

    [Fact]
    public async Task Its_health_check_tells_whether_the_broker_answers()
    {
        var there = await HealthAsync((await Servers.KafkaAsync()).ConnectionString);
        var away = await HealthAsync("127.0.0.1:1");

        there.Status.ShouldBe(HealthStatus.Healthy);
        away.Status.ShouldBe(HealthStatus.Unhealthy);
    }

    private static async Task<HealthReportEntry> HealthAsync(string kafka)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:kafka"] = kafka;
        builder.AddKafkaProducer<string, byte[]>(
            "kafka",
            settings => settings.DisableMetrics = settings.DisableTracing = true,
            (_, producer) => producer.SetLogHandler((_, _) => { })
        );
        await using var services = builder.Services.BuildServiceProvider();
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries["Aspire.Confluent.Kafka.Producer"];
    }

    /// <summary>Keeps what is logged under any name.</summary>
    private sealed class AllLines : ILoggerProvider
    {
        public LogLines<object> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => Lines;

        public void Dispose() { }
    }
}
