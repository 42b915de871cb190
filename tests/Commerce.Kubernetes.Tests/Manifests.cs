using YamlDotNet.RepresentationModel;

namespace Commerce.Kubernetes.Tests;

/// <summary>The objects that <c>kubectl kustomize</c> makes of a folder.</summary>
internal sealed class Manifests
{
    private readonly List<YamlMappingNode> _objects;

    private Manifests(string text, List<YamlMappingNode> objects) => (Text, _objects) = (text, objects);

    public string Text { get; }

    public static async Task<Manifests> KustomizeAsync(string folder)
    {
        var text = await Repository.RunAsync("kubectl", ["kustomize", Repository.PathOf("deploy", "k8s", folder)]);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new Manifests(text, [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)]);
    }

    public IEnumerable<YamlMappingNode> OfKind(string kind) => _objects.Where(o => o.Text("kind") == kind);

    public YamlMappingNode WorkloadOf(string name) =>
        _objects.Single(o => o.Text("kind") is "Deployment" or "StatefulSet" && o.Text("metadata", "name") == name);

    public YamlMappingNode Container(string workload) =>
        (YamlMappingNode)WorkloadOf(workload).Sequence("spec", "template", "spec", "containers").Single();

    public int[] ServicePorts(string name) =>
        [
            .. OfKind("Service")
                .Single(service => service.Text("metadata", "name") == name)
                .Sequence("spec", "ports")
                .Select(port => int.Parse(port.Text("port"))),
        ];

    /// <summary>What the container's process finds in its environment; a value from a Secret reads <c>(secret)</c>.</summary>
    public Dictionary<string, string> EnvironmentOf(string workload)
    {
        var container = Container(workload);
        var environment = new Dictionary<string, string>();
        foreach (var source in container.Sequence("envFrom"))
        {
            if (source.Find("configMapRef", "name") is not YamlScalarNode configMap)
                continue;
            var data = OfKind("ConfigMap").Single(o => o.Text("metadata", "name") == configMap.Value).Find("data");
            foreach (var (key, value) in ((YamlMappingNode)data!).Children)
                environment[key.ToString()] = value.ToString();
        }
        foreach (var entry in container.Sequence("env"))
            environment[entry.Text("name")] = entry.Find("value")?.ToString() ?? "(secret)";
        return environment;
    }
}

internal static class YamlNodeExtensions
{
    public static YamlNode? Find(this YamlNode node, params string[] path)
    {
        var current = node;
        foreach (var part in path)
        {
            if (current is not YamlMappingNode mapping || !mapping.Children.TryGetValue(part, out current))
                return null;
        }
        return current;
    }

    public static string Text(this YamlNode node, params string[] path) =>
        node.Find(path)?.ToString() ?? throw new KeyNotFoundException($"{string.Join('.', path)} in {node}");

    public static IEnumerable<YamlNode> Sequence(this YamlNode node, params string[] path) =>
        node.Find(path) is YamlSequenceNode sequence ? sequence.Children : [];
}
