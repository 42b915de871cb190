using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commerce.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs over OTLP, by the standard <c>OTEL_*</c> settings. Nothing is set up without
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. Requests that say nothing about the platform's work (health, documents, files, the
/// browser's long-lived socket) are not traced, and no span has a query: people write names and e-mail addresses there.
/// </summary>
internal static class TelemetrySetup
{
    private static readonly string[] Silent =
    [
        "/health",
        "/alive",
        "/openapi",
        "/swagger",
        "/_framework",
        "/_content",
        "/_blazor",
        "/.well-known",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Environment))
            .WithTracing(tracing =>
                tracing
                    .AddAspNetCoreInstrumentation(Configure)
                    .AddHttpClientInstrumentation()
                    .AddNpgsql()
                    .AddSource("Commerce.*")
            )
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddNpgsqlInstrumentation()
                    .AddMeter("Microsoft.AspNetCore.*", "Polly", "Commerce.*")
            )
            .UseOtlpExporter();
    }

    private static void Configure(AspNetCoreTraceInstrumentationOptions requests)
    {
        requests.Filter = context => !IsSilent(context.Request.Path);
        // Not only redacted: Aspire turns the redaction off where people develop.
        requests.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", value: null);
        requests.EnrichWithHttpResponse = NameTheError;
        // Each message and each drawing of a circuit would be a trace of its own, four hundred a minute for one busy visitor.
        // The shop begins its spans itself, at what a person did.
        requests.EnableAspNetCoreSignalRSupport = false;
        requests.EnableRazorComponentsSupport = false;
    }

    /// <summary>The instrumentation knows exceptions that nobody handled; ours all become problem details.</summary>
    private static void NameTheError(Activity span, HttpResponse response)
    {
        if (response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag(
                "error.type",
                response.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error.GetType().FullName
                    ?? response.StatusCode.ToString(CultureInfo.InvariantCulture)
            );
        }
    }

    private static bool IsSilent(PathString path) =>
        // Files: /app.css, /fruits/apple.svg.
        Path.HasExtension(path.Value)
        || Array.Exists(Silent, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static void Describe(ResourceBuilder resource, IHostEnvironment environment) =>
        resource
            .AddService(
                environment.ApplicationName.Replace("Commerce.", "", StringComparison.Ordinal).ToLowerInvariant(),
                serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"
            )
            .AddAttributes([new("deployment.environment.name", environment.EnvironmentName)])
            // Once more, and last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .AddEnvironmentVariableDetector();
}
