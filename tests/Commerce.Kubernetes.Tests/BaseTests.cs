namespace Commerce.Kubernetes.Tests;

/// <summary><c>deploy/k8s/base</c> is an export of the app model; a change of the one without the other is drift.</summary>
public sealed class BaseTests
{
    [Fact]
    public async Task Base_holds_the_workloads_of_the_app_model_and_no_other()
    {
        var manifest = await AppModelManifest.WriteAsync();
        var manifests = await Manifests.KustomizeAsync("base");

        manifests
            .OfKind("Deployment")
            .Concat(manifests.OfKind("StatefulSet"))
            .Select(workload => workload.Text("metadata", "name"))
            .ShouldBe([.. manifest.Workloads.Select(workload => workload.Name), "aspire-dashboard"], ignoreOrder: true);
    }

    [Fact]
    public async Task Services_of_the_base_have_the_ports_of_the_app_model()
    {
        var manifest = await AppModelManifest.WriteAsync();
        var manifests = await Manifests.KustomizeAsync("base");

        foreach (var workload in manifest.Workloads)
            manifests.ServicePorts(workload.Name).ShouldBe(workload.Ports, ignoreOrder: true, workload.Name);
    }

    [Fact]
    public async Task Environment_of_the_base_is_that_of_the_app_model()
    {
        var manifest = await AppModelManifest.WriteAsync();
        var manifests = await Manifests.KustomizeAsync("base");

        foreach (var workload in manifest.Workloads)
        {
            var expected = workload.Environment.Where(entry => !IsLeftOutByTheExport(entry.Key, entry.Value));
            var actual = manifests
                .EnvironmentOf(workload.Name)
                .Where(entry =>
                    entry.Key is not ("OTEL_EXPORTER_OTLP_ENDPOINT" or "OTEL_SERVICE_NAME" or "ASPNETCORE_URLS")
                    && !IsLeftOutByTheExport(entry.Key, entry.Value)
                );
            actual
                .Select(entry => $"{entry.Key}={WithoutExporterNoise(workload, entry.Value)}")
                .ShouldBe(
                    expected.Select(entry => $"{entry.Key}={WithoutExporterNoise(workload, entry.Value)}"),
                    ignoreOrder: true,
                    workload.Name
                );
        }
    }

    /// <summary>Secrets (never in files), https endpoints (TLS ends at the ingress) and URIs that the tool cannot fill.</summary>
    private static bool IsLeftOutByTheExport(string name, string value) =>
        name.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
        || name.EndsWith("_HTTPS", StringComparison.Ordinal)
        || name.Contains("__https__", StringComparison.Ordinal)
        || name.EndsWith("_URI", StringComparison.Ordinal)
        || value.EndsWith("-key.value}", StringComparison.Ordinal);

    /// <summary>The manifest writes its own http port as a reference; kafka's listeners name the container's own ports.</summary>
    private static string WithoutExporterNoise(Workload workload, string value) =>
        workload.Name == "kafka"
            ? value.Replace("{kafka.bindings.internal.host}", "kafka", StringComparison.Ordinal)
            : value;
}
