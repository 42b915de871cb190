using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults.Tests.Telemetry;

/// <summary>What a collector receives, over real OTLP (protobuf, looked at as bytes).</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
    private WebApplication _collector = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _collector = builder.Build();
        _collector.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            _received.Enqueue((context.Request.Path, await reader.ReadToEndAsync()));
        });
        await _collector.StartAsync();
    }

    public async Task DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public async Task A_request_is_a_span_named_after_its_route_and_health_is_none()
    {
        var traceId = ActivityTraceId.CreateRandom();
        await using (var service = await StartAsync())
        {
            using var client = service.Client();
            client.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom()}-01");
            await client.GetAsync(new Uri($"/fruits/{Guid.NewGuid()}", UriKind.Relative));
            await client.GetAsync(new Uri("/broken", UriKind.Relative));
            await client.GetAsync(new Uri("/health", UriKind.Relative));
            await client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        }

        // Stopped: everything was flushed.
        var traces = Bodies("/v1/traces");
        traces.ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString(traceId.ToHexString())));
        traces.ShouldContain("GET /fruits/{id:guid}");
        traces.ShouldContain("GET /broken");
        traces.ShouldContain("http.route");
        traces.ShouldContain("http.response.status_code");
        traces.ShouldContain("System.InvalidOperationException");
        traces.ShouldContain("sample-under-test");
        traces.ShouldContain("instance-7");
        traces.ShouldNotContain("/health");
        traces.ShouldNotContain("/openapi");
    }

    [Fact]
    public async Task A_query_is_in_no_span_even_where_redaction_is_off()
    {
        await using (
            var service = await StartAsync(
                ("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true"),
                ("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true")
            )
        )
        {
            using var client = service.Client();
            await client.GetAsync(new Uri("/pages?page=1&email=received@example.com", UriKind.Relative));
            using var traced = new HttpClient();
            await traced.GetAsync(new Uri(service.Address, "/pages?page=2&email=sent@example.com"));
        }

        var traces = Bodies("/v1/traces");
        traces.ShouldContain("GET /pages");
        traces.ShouldContain("url.full");
        traces.ShouldNotContain("example.com");
    }

    [Fact]
    public async Task Metrics_and_logs_arrive_too()
    {
        await using (var service = await StartAsync())
        {
            using var client = service.Client();
            await client.GetAsync(new Uri("/broken", UriKind.Relative));
        }

        Bodies("/v1/metrics").ShouldContain("http.server.request.duration");
        Bodies("/v1/metrics").ShouldContain("dotnet.gc");
        Bodies("/v1/logs").ShouldContain("An unhandled exception has occurred");
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_set_up()
    {
        await using var service = await SampleService.StartAsync();
        service.Services.GetService<OpenTelemetry.Trace.TracerProvider>().ShouldBeNull();
    }

    private string Bodies(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => r.Body));

    private Task<SampleService> StartAsync(params (string Key, string? Value)[] settings)
    {
        var address = _collector
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return SampleService.StartAsync([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_SERVICE_NAME", "sample-under-test"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=instance-7"),
            .. settings,
        ]);
    }
}
