using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commerce.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP, by the standard <c>OTEL_*</c> settings. Nothing is set up without
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.
/// </summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        void Describe(ResourceBuilder resource) => AddService(resource, builder);

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.SetResourceBuilder(Described(Describe));
            logging.AddOtlpExporter();
        });
        builder.Services.AddSingleton(_ =>
            OpenTelemetrySdk.Create(sdk =>
            {
                // The exporter reads OTEL_* from here, so that a test host or a settings file can say it too.
                sdk.Services.AddSingleton<IConfiguration>(builder.Configuration);
                sdk.ConfigureResource(Describe)
                    .WithTracing(tracing =>
                        tracing
                            .AddSource(
                                "Microsoft.AspNetCore",
                                "Microsoft.AspNetCore.Components",
                                "System.Net.Http",
                                "Npgsql",
                                "Commerce.*"
                            )
                            .AddOtlpExporter()
                    )
                    .WithMetrics(metrics =>
                        metrics
                            .AddMeter(
                                "Microsoft.AspNetCore.*",
                                "System.Net.Http",
                                "System.Runtime",
                                "Npgsql",
                                "Polly",
                                "Commerce.*"
                            )
                            .AddOtlpExporter()
                    );
            })
        );
        builder.Services.AddHostedService<TelemetryLifetime>();
    }

    private static ResourceBuilder Described(Action<ResourceBuilder> describe)
    {
        var resource = ResourceBuilder.CreateDefault();
        describe(resource);
        return resource;
    }

    private static void AddService(ResourceBuilder resource, WebApplicationBuilder builder)
    {
        var name = builder.Configuration["OTEL_SERVICE_NAME"];
        if (string.IsNullOrWhiteSpace(name))
        {
            name = builder
                .Environment.ApplicationName.Replace("Commerce.", "", StringComparison.Ordinal)
                .ToLowerInvariant();
        }

        var given = builder.Configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "";
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal) { ["service.name"] = name };
        foreach (var pair in given.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, var value])
            {
                attributes[key] = Uri.UnescapeDataString(value);
            }
        }

        attributes.TryAdd("service.instance.id", $"{Environment.MachineName}-{Environment.ProcessId}");
        attributes["deployment.environment.name"] = builder.Environment.EnvironmentName;
        resource.AddAttributes(attributes);
    }

    /// <summary>Starts the providers before anything else runs, and flushes them when the process ends.</summary>
    private sealed class TelemetryLifetime(OpenTelemetrySdk sdk) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // Hosted services stop in reverse order: all others are done with their spans by now.
        public Task StopAsync(CancellationToken cancellationToken) =>
            Task.Run(
                () =>
                {
                    sdk.TracerProvider.ForceFlush(2_000);
                    sdk.MeterProvider.ForceFlush(2_000);
                },
                cancellationToken
            );
    }
}
