using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Errors;
using Commerce.ServiceDefaults.Health;
using Commerce.ServiceDefaults.OpenApi;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults;

/// <summary>What every process of the platform has in common.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Telemetry over OTLP, health checks, problem details, JSON shapes, service addresses, rate limits, request size limits.
    /// </summary>
    /// <param name="json">
    /// Source-generated metadata of the process's records, such as <c>ContractsJson.Default</c>; other types go by reflection.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(
        this WebApplicationBuilder builder,
        params IJsonTypeInfoResolver[] json
    )
    {
        // First in the list, so that settings files and the environment win.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData = new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Logging:LogLevel:Default"] = "Information",
                    ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                    ["Logging:LogLevel:System.Net.Http"] = "Warning",
                },
            }
        );
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = builder.Configuration.GetValue(
                "Limits:MaxRequestBodyBytes",
                256 * 1024
            );
        });
        builder.Services.Configure<JsonOptions>(options => ConfigureJson(options, json));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHttpContextAccessor();
        builder
            .Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), tags: [HealthEndpoints.Live]);
        builder.AddTelemetry();
        builder.AddProblemDetailsForEveryError();
        builder.AddRateLimits();
        builder.AddForwardedAddress();
        return builder;
    }

    /// <summary>Bearer tokens of Identity (ES256 only; keys from <c>Authentication:Authority</c> + <c>/.well-known/jwks.json</c>) and the policies of <see cref="Policies"/>.</summary>
    public static WebApplicationBuilder AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        builder.AddBearerTokens();
        return builder;
    }

    /// <summary>OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>.</summary>
    public static WebApplicationBuilder AddApiDocument(this WebApplicationBuilder builder, string title)
    {
        builder.Services.AddSingleton(new ApiDocument(title));
        builder.Services.AddOpenApi("v1", options => ApiDocument.Configure(options, title));
        return builder;
    }

    /// <summary>
    /// The pipeline in its right order (exception and status code pages as problem details, authentication,
    /// authorization, rate limiter), and the endpoints <c>/health /alive /openapi/v1.json /swagger</c>.
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseProblemDetailsForEveryError();
        app.UseMiddleware<ConcurrencyLimitMiddleware>();
        app.UseAnswerForOversizedBodies();
        app.UseAnswerForUnknownCharsets();
        if (app.Services.GetService<IAuthenticationSchemeProvider>() is not null)
        {
            app.UseAuthentication();
        }

        if (app.Services.GetService<IAuthorizationPolicyProvider>() is not null)
        {
            app.UseAuthorization();
        }

        app.UseRateLimiter();
        app.MapHealth();
        if (app.Services.GetService<ApiDocument>() is { } document)
        {
            document.Map(app);
        }

        return app;
    }

    private static void ConfigureJson(JsonOptions options, IJsonTypeInfoResolver[] json)
    {
        var serializer = options.SerializerOptions;
        for (var i = 0; i < json.Length; i++)
        {
            serializer.TypeInfoResolverChain.Insert(i, json[i]);
        }

        serializer.MaxDepth = 32;
        serializer.NumberHandling = JsonNumberHandling.Strict;
        serializer.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        serializer.Converters.Add(new JsonStringEnumConverter());
        // A body that lacks a field, or has null where the record does not allow it, is a 400 that names the field.
        serializer.RespectRequiredConstructorParameters = true;
        serializer.RespectNullableAnnotations = true;
        // Korean stays readable and short; what HTML could trip over is still escaped.
        serializer.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
    }

    /// <summary>
    /// The caller's address behind a proxy or the storefront, for rate limits. Only loopback and the networks of
    /// <c>ForwardedHeaders:KnownNetworks</c> (CIDR, separated by commas) are believed.
    /// </summary>
    private static void AddForwardedAddress(this WebApplicationBuilder builder) =>
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = 2;
            var networks = builder.Configuration["ForwardedHeaders:KnownNetworks"] ?? "";
            foreach (
                var network in networks.Split(
                    ',',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                )
            )
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });
}
