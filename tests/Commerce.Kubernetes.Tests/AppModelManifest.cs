using System.Text.Json;
using System.Text.RegularExpressions;

namespace Commerce.Kubernetes.Tests;

/// <summary>The manifest that the AppHost writes for its app model today.</summary>
internal sealed partial class AppModelManifest
{
    /// <summary>The port that the export tool gives every project's http endpoint.</summary>
    public const int ProjectHttpPort = 8080;

    private readonly JsonElement _resources;

    private AppModelManifest(JsonElement resources) => _resources = resources;

    public static async Task<AppModelManifest> WriteAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), $"manifest-{Guid.NewGuid():N}.json");
        await Repository.RunAsync(
            "dotnet",
            [RepositoryRoot.AppHost, "--operation", "publish", "--publisher", "manifest", "--output-path", file]
        );
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        File.Delete(file);
        return new AppModelManifest(document.RootElement.GetProperty("resources").Clone());
    }

    public IEnumerable<Workload> Workloads =>
        from resource in _resources.EnumerateObject()
        let type = resource.Value.GetProperty("type").GetString()
        where type is "project.v0" or "container.v0"
        select new Workload(resource.Name, type == "project.v0", Ports(resource.Value), Environment(resource.Value));

    private static int[] Ports(JsonElement resource) =>
        [
            .. resource
                .GetProperty("bindings")
                .EnumerateObject()
                .Select(binding =>
                    binding.Value.TryGetProperty("targetPort", out var port) ? port.GetInt32()
                    : binding.Name == "https" ? 8443
                    : ProjectHttpPort
                ),
        ];

    private Dictionary<string, string> Environment(JsonElement resource) =>
        resource.TryGetProperty("env", out var env)
            ? env.EnumerateObject().ToDictionary(entry => entry.Name, entry => InCluster(entry.Value.GetString()!))
            : [];

    /// <summary>Replaces references to bindings by what they are in the cluster: the Service's name and port.</summary>
    private string InCluster(string value) =>
        BindingReference()
            .Replace(
                value,
                reference =>
                {
                    var resource = reference.Groups["resource"].Value;
                    var port = Port(resource, reference.Groups["binding"].Value);
                    return reference.Groups["property"].Value switch
                    {
                        "host" => resource,
                        "port" or "targetPort" => port,
                        "url" => $"http://{resource}:{port}",
                        _ => reference.Value,
                    };
                }
            );

    private string Port(string resource, string binding) =>
        _resources
            .GetProperty(resource)
            .GetProperty("bindings")
            .GetProperty(binding)
            .TryGetProperty("targetPort", out var port)
            ? port.GetInt32().ToString()
            : ProjectHttpPort.ToString();

    [GeneratedRegex(
        @"\{(?<resource>[a-z0-9-]+)\.bindings\.(?<binding>[a-z]+)\.(?<property>[a-zA-Z]+)\}",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex BindingReference();
}

/// <summary>A process of the app model: its ports, and its environment as it would be in the cluster.</summary>
internal sealed record Workload(string Name, bool IsProject, int[] Ports, Dictionary<string, string> Environment);
