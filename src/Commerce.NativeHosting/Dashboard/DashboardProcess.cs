using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Processes;
using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Dashboard;

/// <summary>The real Aspire dashboard: where it is, its addresses and its keys.</summary>
internal sealed class DashboardProcess
{
    public const string Name = "dashboard";
    private const int PreferredPort = 18888;

    private readonly string _executable;
    private readonly string _apiKey;
    private readonly string _browserToken;
    private readonly string _resourceServiceUrl;
    private readonly string _resourceServiceKey;

    private DashboardProcess(
        string executable,
        EnginePaths paths,
        int port,
        string resourceServiceUrl,
        string resourceServiceKey
    )
    {
        _executable = executable;
        Url = $"http://127.0.0.1:{port}";
        OtlpGrpcUrl = $"http://127.0.0.1:{FreePort.Next()}";
        OtlpHttpUrl = $"http://127.0.0.1:{FreePort.Next()}";
        _apiKey = Secret.GetOrCreate(paths.Secrets, "dashboard-api-key");
        _browserToken = Secret.GetOrCreate(paths.Secrets, "dashboard-browser-token");
        _resourceServiceUrl = resourceServiceUrl;
        _resourceServiceKey = resourceServiceKey;
    }

    public string Url { get; }

    /// <summary>Signs a browser in.</summary>
    public string LoginUrl => $"{Url}/login?t={_browserToken}";

    public string OtlpGrpcUrl { get; }

    public string OtlpHttpUrl { get; }

    /// <summary>Key for sending telemetry (header x-otlp-api-key) and for reading it (header x-api-key).</summary>
    public string ApiKey => _apiKey;

    public string Executable => _executable;

    /// <summary>Null when the dashboard is not on this machine.</summary>
    public static DashboardProcess? Find(
        IConfiguration configuration,
        EnginePaths paths,
        string resourceServiceUrl,
        string resourceServiceKey
    )
    {
        var executable =
            configuration["COMMERCE_DASHBOARD"]
            ?? Path.Combine(BuildFacts.RepositoryRoot, "artifacts", "assets", "dashboard", "aspire-managed");
        if (!File.Exists(executable))
        {
            return null;
        }

        var preferred = configuration.GetValue($"Native:Ports:{Name}", PreferredPort);
        return new DashboardProcess(
            executable,
            paths,
            FreePort.From(preferred),
            resourceServiceUrl,
            resourceServiceKey
        );
    }

    /// <summary>What a process needs to send its telemetry here.</summary>
    public IEnumerable<KeyValuePair<string, string>> OtlpEnvironment(string service, string instance)
    {
        const string Soon = "1000";
        yield return new("OTEL_EXPORTER_OTLP_ENDPOINT", OtlpGrpcUrl);
        yield return new("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        yield return new("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={_apiKey}");
        yield return new("OTEL_SERVICE_NAME", service);
        yield return new("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={instance}");
        yield return new("OTEL_BLRP_SCHEDULE_DELAY", Soon);
        yield return new("OTEL_BSP_SCHEDULE_DELAY", Soon);
        yield return new("OTEL_METRIC_EXPORT_INTERVAL", Soon);
        yield return new("OTEL_TRACES_SAMPLER", "always_on");
        yield return new("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based");
    }

    public ProcessSpec Spec() =>
        new(_executable, ["dashboard"])
        {
            WorkingDirectory = Path.GetDirectoryName(_executable)!,
            Environment = new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = Url,
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpGrpcUrl,
                ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = OtlpHttpUrl,
                ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = _resourceServiceUrl,
                ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
                ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = _resourceServiceKey,
                ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
                ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = _browserToken,
                ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
                ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = _apiKey,
                ["DASHBOARD__API__ENABLED"] = "true",
                ["DASHBOARD__API__AUTHMODE"] = "ApiKey",
                ["DASHBOARD__API__PRIMARYAPIKEY"] = _apiKey,
            },
        };
}
