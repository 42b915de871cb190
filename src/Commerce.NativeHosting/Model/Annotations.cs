namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint: what the app model says and, once the application starts, the port.</summary>
public sealed class EndpointAnnotation(string name, string uriScheme) : IResourceAnnotation
{
    /// <summary>Name by which it is referenced.</summary>
    public string Name { get; set; } = name;

    /// <summary>Scheme of its URL.</summary>
    public string UriScheme { get; set; } = uriScheme;

    /// <summary><c>http</c> or <c>tcp</c>.</summary>
    public string Transport { get; set; } = uriScheme is "http" or "https" ? "http" : "tcp";

    /// <summary>Port clients use; null until it is asked for or given out.</summary>
    public int? Port { get; set; }

    /// <summary>Port inside a container; only the manifest uses it.</summary>
    public int? TargetPort { get; set; }

    /// <summary>Address it is bound to.</summary>
    public string TargetHost { get; set; } = "127.0.0.1";

    /// <summary>Meant to be reached from outside the cluster.</summary>
    public bool IsExternal { get; set; }
}

/// <summary>Adds environment variables when they are needed.</summary>
public sealed class EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> callback) : IResourceAnnotation
{
    /// <summary>What adds them.</summary>
    public Action<EnvironmentCallbackContext> Callback { get; } = callback;
}

/// <summary>Collects environment variables: text, or values with a placeholder in the manifest.</summary>
public sealed class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IResource resource
)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>Whose environment it is.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Name → <see cref="string"/> or <see cref="IExpressionValue"/>.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = [];
}

/// <summary>Adds command-line arguments when they are needed.</summary>
public sealed class CommandLineArgsCallbackAnnotation(Action<CommandLineArgsCallbackContext> callback)
    : IResourceAnnotation
{
    /// <summary>What adds them.</summary>
    public Action<CommandLineArgsCallbackContext> Callback { get; } = callback;
}

/// <summary>Collects command-line arguments.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args)
{
    /// <summary><see cref="string"/> or <see cref="IExpressionValue"/> each.</summary>
    public IList<object> Args { get; } = args;
}

/// <summary>The resource starts once another one is healthy.</summary>
public sealed class WaitAnnotation(IResource resource) : IResourceAnnotation
{
    /// <summary>The one it waits for.</summary>
    public IResource Resource { get; } = resource;
}

/// <summary>Number of processes of a project.</summary>
public sealed class ReplicaAnnotation(int replicas) : IResourceAnnotation
{
    /// <summary>At least 1.</summary>
    public int Replicas { get; } = replicas;
}

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the AppHost.</summary>
    Session,

    /// <summary>Longer than the AppHost.</summary>
    Persistent,
}

/// <summary>A URL of a resource as the dashboard shows it.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The URL.</summary>
    public required string Url { get; set; }

    /// <summary>Text of the link; null = the URL.</summary>
    public string? DisplayText { get; set; }

    /// <summary>Higher stands first.</summary>
    public int? DisplayOrder { get; set; }
}

/// <summary>Changes how an endpoint's URL is shown.</summary>
internal sealed record EndpointUrlCallbackAnnotation(string EndpointName, Action<ResourceUrlAnnotation> Callback)
    : IResourceAnnotation;

/// <summary>The resource is healthy when this answers with the status.</summary>
internal sealed record HttpHealthCheckAnnotation(string EndpointName, string Path, int StatusCode)
    : IResourceAnnotation;

/// <summary>What Aspire's manifest says of the container that this engine does not need.</summary>
internal sealed record ContainerImageAnnotation(string Image) : IResourceAnnotation;

/// <summary>A named volume of the container; here: the data of this server are kept.</summary>
internal sealed record VolumeAnnotation(string? Name, string Target) : IResourceAnnotation;

/// <summary>Environment variables the container's image reads; the native process has no use for them.</summary>
internal sealed record ContainerEnvironmentAnnotation(Action<Dictionary<string, object>> Add) : IResourceAnnotation;
