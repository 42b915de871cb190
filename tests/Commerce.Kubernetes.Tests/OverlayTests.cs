using YamlDotNet.RepresentationModel;

namespace Commerce.Kubernetes.Tests;

/// <summary>What the export leaves wrong is right in every overlay.</summary>
public sealed class OverlayTests
{
    public static TheoryData<string> Overlays =>
        [
            .. Directory
                .GetDirectories(Repository.PathOf("deploy", "k8s", "overlays"))
                .Select(folder => $"overlays/{Path.GetFileName(folder)}"),
        ];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_object_fits_the_schema_of_its_kind(string overlay)
    {
        var manifests = await Manifests.KustomizeAsync(overlay);
        var (exitCode, _, error) = await Repository.TryRunAsync(
            Repository.PathOf("eng", "k8s", "check-schema"),
            [],
            manifests.Text
        );
        exitCode.ShouldBe(0, error);
    }

    [Fact]
    public async Task The_schema_check_finds_a_misspelt_field_and_a_wrong_type()
    {
        var text = (await Manifests.KustomizeAsync("overlays/production")).Text;
        foreach (
            var (right, wrong) in new[] { ("readinessProbe:", "readinesProbe:"), ("replicas: 2", "replicas: two") }
        )
        {
            var broken = text.Replace(right, wrong, StringComparison.Ordinal);
            broken.ShouldNotBe(text);
            var (exitCode, _, _) = await Repository.TryRunAsync(
                Repository.PathOf("eng", "k8s", "check-schema"),
                [],
                broken
            );
            exitCode.ShouldBe(1);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task No_password_or_unfilled_reference_stands_in_the_manifests(string overlay)
    {
        var manifests = await Manifests.KustomizeAsync(overlay);

        manifests.OfKind("Secret").ShouldBeEmpty();
        foreach (var configMap in manifests.OfKind("ConfigMap"))
        {
            foreach (var (key, value) in ((YamlMappingNode)configMap.Find("data")!).Children)
            {
                key.ToString().ShouldNotContain("PASSWORD", Case.Insensitive);
                key.ToString().ShouldNotContain("SecretKey");
                value.ToString().ShouldNotContain(".value}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_connection_and_address_of_the_app_model_reaches_its_container(string overlay)
    {
        var manifest = await AppModelManifest.WriteAsync();
        var manifests = await Manifests.KustomizeAsync(overlay);

        foreach (var project in manifest.Workloads.Where(workload => workload.IsProject))
        {
            var environment = manifests.EnvironmentOf(project.Name);
            var needed = project.Environment.Keys.Where(name =>
                name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
                || name.EndsWith("__http__0", StringComparison.Ordinal)
                || name.Contains("__SecretKey", StringComparison.Ordinal)
                || name.StartsWith("Authentication__", StringComparison.Ordinal)
            );
            environment.Keys.Intersect(needed).ShouldBe(needed, ignoreOrder: true, project.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_workload_has_probes_and_limits_and_no_service_links(string overlay)
    {
        var manifests = await Manifests.KustomizeAsync(overlay);
        foreach (var workload in manifests.OfKind("Deployment").Concat(manifests.OfKind("StatefulSet")))
        {
            var name = workload.Text("metadata", "name");
            var container = manifests.Container(name);
            container.Find("readinessProbe").ShouldNotBeNull(name);
            container.Find("livenessProbe").ShouldNotBeNull(name);
            container.Find("resources", "requests", "memory").ShouldNotBeNull(name);
            container.Find("resources", "limits", "memory").ShouldNotBeNull(name);
            workload.Text("spec", "template", "spec", "enableServiceLinks").ShouldBe("false", name);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Only_the_storefront_is_reached_from_outside_and_nothing_offers_https_inside(string overlay)
    {
        var manifests = await Manifests.KustomizeAsync(overlay);

        var ingress = manifests.OfKind("Ingress").Single();
        ingress
            .Sequence("spec", "rules")
            .SelectMany(rule => rule.Sequence("http", "paths"))
            .Select(path => path.Text("backend", "service", "name"))
            .ShouldBe(["storefront"]);
        foreach (var service in manifests.OfKind("Service"))
            manifests.ServicePorts(service.Text("metadata", "name")).ShouldNotContain(8443);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Databases_of_the_app_model_are_created(string overlay)
    {
        var manifest = await AppModelManifest.WriteAsync();
        var manifests = await Manifests.KustomizeAsync(overlay);

        var script = manifests
            .OfKind("ConfigMap")
            .Single(o => o.Text("metadata", "name").StartsWith("postgres-databases", StringComparison.Ordinal))
            .Text("data", "create-databases.sql");
        var databases = manifest
            .Workloads.SelectMany(workload => workload.Environment)
            .Where(entry => entry.Key.EndsWith("_DATABASENAME", StringComparison.Ordinal))
            .Select(entry => entry.Value)
            .Distinct();
        databases.ShouldNotBeEmpty();
        foreach (var database in databases)
            script.ShouldContain($"CREATE DATABASE {database};");
    }
}
