using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Commerce.NativeHosting.Engine;

/// <summary>What the app model says about a resource's environment and arguments.</summary>
internal static class ResourceEnvironment
{
    /// <summary>Name → text or <see cref="IExpressionValue"/>, in the order of the app model.</summary>
    public static Dictionary<string, object> Collect(IResource resource, DistributedApplicationExecutionContext context)
    {
        var environment = new EnvironmentCallbackContext(context, resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            annotation.Callback(environment);
        }

        return environment.EnvironmentVariables;
    }

    /// <summary>Text or <see cref="IExpressionValue"/> each.</summary>
    public static IReadOnlyList<object> Arguments(IResource resource)
    {
        var arguments = new List<object>();
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            annotation.Callback(new CommandLineArgsCallbackContext(arguments));
        }

        return arguments;
    }

    /// <summary>The values of a running application.</summary>
    public static async Task<Dictionary<string, string>> ResolveAsync(
        IResource resource,
        DistributedApplicationExecutionContext context,
        CancellationToken cancellationToken
    )
    {
        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in Collect(resource, context))
        {
            resolved[name] = await TextAsync(value, cancellationToken);
        }

        return resolved;
    }

    public static async Task<string> TextAsync(object value, CancellationToken cancellationToken) =>
        value is IValueProvider provider
            ? await provider.GetValueAsync(cancellationToken) ?? string.Empty
            : value.ToString() ?? string.Empty;
}
