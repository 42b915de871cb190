using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Has a value once the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value; null when there is none.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Has a placeholder in the manifest.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The placeholder, e.g. <c>{redis.bindings.tcp.port}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value when running, a placeholder in the manifest.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

/// <summary>Text with values in it, written as an interpolated string.</summary>
public sealed class ReferenceExpression : IExpressionValue
{
    /// <summary>A value may be formatted with this: percent-encoded for a URI.</summary>
    internal const string UriFormat = "uri";

    private readonly IReadOnlyList<Part> _parts;

    private ReferenceExpression(IReadOnlyList<Part> parts) => _parts = parts;

    /// <inheritdoc />
    public string ValueExpression => string.Concat(_parts.Select(part => part.Expression));

    /// <summary>The values in it, each with its format.</summary>
    internal IEnumerable<(IExpressionValue Value, string? Format)> References =>
        _parts.Where(part => part.Value is not null).Select(part => (part.Value!, part.Format));

    /// <summary>Makes an expression of an interpolated string.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <inheritdoc />
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Value is null)
            {
                text.Append(part.Literal);
                continue;
            }

            var value = await part.Value.GetValueAsync(cancellationToken) ?? string.Empty;
            text.Append(part.Format == UriFormat ? Uri.EscapeDataString(value) : value);
        }

        return text.ToString();
    }

    /// <summary>Name of the manifest's entry for a value in a format.</summary>
    internal static string EncodedName(string name) => $"{name}-uri-encoded";

    /// <summary>What the compiler builds of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        internal List<Part> Parts { get; } = new(literalLength == 0 ? formattedCount : formattedCount + 1);

        /// <summary>Fixed text.</summary>
        public void AppendLiteral(string value) => Parts.Add(new Part(value, null, null));

        /// <summary>Fixed text that is not known to the compiler.</summary>
        public void AppendFormatted(string? value) => Parts.Add(new Part(value ?? string.Empty, null, null));

        /// <summary>A value.</summary>
        public void AppendFormatted<T>(T valueProvider)
            where T : IExpressionValue => Parts.Add(new Part(string.Empty, valueProvider, null));

        /// <summary>A value in a format: <c>uri</c> = percent-encoded.</summary>
        public void AppendFormatted<T>(T valueProvider, string format)
            where T : IExpressionValue => Parts.Add(new Part(string.Empty, valueProvider, format));

        /// <summary>A resource's value.</summary>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IExpressionValue => AppendFormatted(valueProvider.Resource);
    }

    internal sealed record Part(string Literal, IExpressionValue? Value, string? Format)
    {
        public string Expression =>
            Value switch
            {
                null => Literal,
                ParameterResource parameter when Format == UriFormat => $"{{{EncodedName(parameter.Name)}.value}}",
                _ => Value.ValueExpression,
            };
    }
}

/// <summary>Which part of an endpoint is meant.</summary>
public enum EndpointProperty
{
    /// <summary><c>scheme://host:port</c>.</summary>
    Url,

    /// <summary>Host name or address.</summary>
    Host,

    /// <summary>IPv4 address.</summary>
    IPV4Host,

    /// <summary>The port clients use.</summary>
    Port,

    /// <summary>Scheme of the URL.</summary>
    Scheme,

    /// <summary>The port the process listens on.</summary>
    TargetPort,

    /// <summary><c>host:port</c>.</summary>
    HostAndPort,
}

/// <summary>An endpoint of a resource, by name.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IExpressionValue
{
    /// <summary>The resource that listens there.</summary>
    public IResourceWithEndpoints Resource { get; } = owner;

    /// <summary>Name of the endpoint: <c>http</c>, <c>tcp</c>.</summary>
    public string EndpointName { get; } = endpointName;

    /// <inheritdoc />
    public string ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    /// <summary>Whether the resource has such an endpoint.</summary>
    public bool Exists => Find() is not null;

    /// <summary><c>scheme://host:port</c>; known once the application starts.</summary>
    public string Url => $"{Annotation.UriScheme}://{Annotation.TargetHost}:{Port}";

    /// <summary>The port clients use; known once the application starts.</summary>
    public int Port =>
        Annotation.Port
        ?? throw new InvalidOperationException($"Endpoint {EndpointName} of {Resource.Name} has no port yet.");

    /// <summary>Loopback address.</summary>
    public string Host => Annotation.TargetHost;

    /// <summary>Scheme of the URL.</summary>
    public string Scheme => Annotation.UriScheme;

    internal EndpointAnnotation Annotation =>
        Find() ?? throw new InvalidOperationException($"{Resource.Name} has no endpoint named {EndpointName}.");

    /// <summary>One part of the endpoint as a value.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);

    private EndpointAnnotation? Find() =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName);
}

/// <summary>One part of an endpoint.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IExpressionValue
{
    /// <inheritdoc />
    public string ValueExpression =>
        $"{{{endpointReference.Resource.Name}.bindings.{endpointReference.EndpointName}.{ManifestName}}}";

    private string ManifestName =>
        property switch
        {
            EndpointProperty.TargetPort => "targetPort",
            EndpointProperty.HostAndPort => "hostAndPort",
            EndpointProperty.IPV4Host => "ipv4Host",
            _ => property.ToString().ToLowerInvariant(),
        };

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var port = endpointReference.Port.ToString(CultureInfo.InvariantCulture);
        return new(
            property switch
            {
                EndpointProperty.Url => endpointReference.Url,
                EndpointProperty.Scheme => endpointReference.Scheme,
                EndpointProperty.Port => port,
                EndpointProperty.TargetPort => endpointReference.Annotation.TargetPort?.ToString(
                    CultureInfo.InvariantCulture
                ) ?? port,
                EndpointProperty.HostAndPort => $"{endpointReference.Host}:{port}",
                _ => endpointReference.Host,
            }
        );
    }
}
