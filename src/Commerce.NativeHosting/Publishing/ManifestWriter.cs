using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting.Engine;

namespace Commerce.NativeHosting.Publishing;

/// <summary>Writes the app model in the shape of Aspire's manifest, which deployment tools read.</summary>
internal sealed class ManifestWriter(IReadOnlyList<IResource> resources, DistributedApplicationExecutionContext context)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Values that expressions mention and the model has no resource for; they are written last.</summary>
    private readonly Dictionary<string, JsonObject> _mentioned = new(StringComparer.Ordinal);
    private string _folder = "";

    public void Write(string file)
    {
        _folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Directory.CreateDirectory(_folder);
        var entries = new JsonObject();
        foreach (var resource in resources)
        {
            entries[resource.Name] = Describe(resource);
        }

        foreach (var (name, entry) in _mentioned)
        {
            if (!entries.ContainsKey(name))
            {
                entries[name] = entry;
            }
        }

        File.WriteAllText(file, new JsonObject { ["resources"] = entries }.ToJsonString(Readable));
    }

    private JsonObject Describe(IResource resource) =>
        resource switch
        {
            ProjectResource project => DescribeProject(project),
            ContainerResource container => DescribeContainer(container),
            ParameterResource parameter => DescribeParameter(parameter),
            IResourceWithConnectionString value => DescribeValue(value),
            _ => throw new NotSupportedException($"{resource.Name}: no manifest entry for {resource.GetType().Name}."),
        };

    private JsonObject DescribeProject(ProjectResource project)
    {
        var metadata = project.Annotations.OfType<IProjectMetadata>().First();
        var entry = new JsonObject
        {
            ["type"] = "project.v0",
            ["path"] = Path.GetRelativePath(_folder, metadata.ProjectPath).Replace('\\', '/'),
        };
        AddArguments(entry, project);
        var variables = ResourceEnvironment.Collect(project, context);
        AddEnvironment(entry, variables);
        AddBindings(entry, project);
        return entry;
    }

    private JsonObject DescribeContainer(ContainerResource container)
    {
        var entry = new JsonObject { ["type"] = "container.v0" };
        if (container is IResourceWithConnectionString connection)
        {
            entry["connectionString"] = Mention(connection.ConnectionStringExpression);
        }

        entry["image"] = container.Annotations.OfType<ContainerImageAnnotation>().Last().Image;
        if (container.Entrypoint is not null)
        {
            entry["entrypoint"] = container.Entrypoint;
        }

        AddArguments(entry, container);
        var volumes = container.Annotations.OfType<VolumeAnnotation>().ToList();
        if (volumes.Count > 0)
        {
            entry["volumes"] = new JsonArray([
                .. volumes.Select(volume => new JsonObject
                {
                    ["name"] = volume.Name,
                    ["target"] = volume.Target,
                    ["readOnly"] = false,
                }),
            ]);
        }

        var variables = new Dictionary<string, object>();
        foreach (var image in container.Annotations.OfType<ContainerEnvironmentAnnotation>())
        {
            image.Add(variables);
        }

        foreach (var (name, value) in ResourceEnvironment.Collect(container, context))
        {
            variables[name] = value;
        }

        AddEnvironment(entry, variables);
        AddBindings(entry, container);
        return entry;
    }

    private JsonObject DescribeValue(IResourceWithConnectionString value) =>
        new() { ["type"] = "value.v0", ["connectionString"] = Mention(value.ConnectionStringExpression) };

    private static JsonObject DescribeParameter(ParameterResource parameter)
    {
        var input = new JsonObject { ["type"] = "string" };
        if (parameter.Secret)
        {
            input["secret"] = true;
        }

        if (parameter.Default is { } generated)
        {
            var generate = new JsonObject { ["minLength"] = generated.MinLength };
            if (!generated.Special)
            {
                generate["special"] = false;
            }

            input["default"] = new JsonObject { ["generate"] = generate };
        }

        return new JsonObject
        {
            ["type"] = "parameter.v0",
            ["value"] = $"{{{parameter.Name}.inputs.value}}",
            ["inputs"] = new JsonObject { ["value"] = input },
        };
    }

    private void AddArguments(JsonObject entry, IResource resource)
    {
        // The Redis container is told on its command line what our own process is told on stdin.
        string[] own =
            resource is RedisResource
                ? ["-c", $"redis-server --requirepass $REDIS_PASSWORD{Persistence(resource)}"]
                : [];
        var arguments = own.Concat(ResourceEnvironment.Arguments(resource).Select(Mention)).ToList();
        if (arguments.Count > 0)
        {
            entry["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]);
        }
    }

    private static string Persistence(IResource redis) =>
        redis.Annotations.OfType<VolumeAnnotation>().Any() ? " --save 60 1" : "";

    private void AddEnvironment(JsonObject entry, Dictionary<string, object> variables)
    {
        if (variables.Count == 0)
        {
            return;
        }

        var env = new JsonObject();
        foreach (var (name, value) in variables)
        {
            env[name] = Mention(value);
        }

        entry["env"] = env;
    }

    private static void AddBindings(JsonObject entry, IResource resource)
    {
        var bindings = new JsonObject();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var binding = new JsonObject
            {
                ["scheme"] = endpoint.UriScheme,
                ["protocol"] = "tcp",
                ["transport"] = endpoint.Transport,
            };
            if (endpoint.TargetPort is { } port)
            {
                binding["targetPort"] = port;
            }

            if (endpoint.IsExternal)
            {
                binding["external"] = true;
            }

            bindings[endpoint.Name] = binding;
        }

        if (bindings.Count > 0)
        {
            entry["bindings"] = bindings;
        }
    }

    /// <summary>The value's placeholder; what it mentions gets an entry of its own.</summary>
    private string Mention(object value)
    {
        switch (value)
        {
            case ReferenceExpression expression:
                foreach (var (part, format) in expression.References)
                {
                    Mention(part);
                    if (part is ParameterResource parameter && format == ReferenceExpression.UriFormat)
                    {
                        _mentioned.TryAdd(
                            ReferenceExpression.EncodedName(parameter.Name),
                            new JsonObject
                            {
                                ["type"] = "annotated.string",
                                ["value"] = parameter.ValueExpression,
                                ["filter"] = ReferenceExpression.UriFormat,
                            }
                        );
                    }
                }

                return expression.ValueExpression;
            case ParameterResource parameter:
                _mentioned.TryAdd(parameter.Name, DescribeParameter(parameter));
                return parameter.ValueExpression;
            case RedisTlsSuffix suffix:
                _mentioned.TryAdd(
                    suffix.Name,
                    new JsonObject { ["type"] = "value.v0", ["connectionString"] = string.Empty }
                );
                return suffix.ValueExpression;
            case IExpressionValue other:
                return other.ValueExpression;
            default:
                return value.ToString() ?? string.Empty;
        }
    }
}
