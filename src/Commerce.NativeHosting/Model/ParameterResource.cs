namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value from configuration (<c>Parameters:name</c>), or generated and kept.</summary>
public class ParameterResource(string name, Func<string> callback, bool secret = false)
    : Resource(name),
        IExpressionValue
{
    private readonly Lazy<string> _value = new(callback);

    /// <summary>Never shown, never logged.</summary>
    public bool Secret { get; } = secret;

    /// <summary>How Aspire makes a value up when none is configured; null = it has to be given.</summary>
    internal GeneratedDefault? Default { get; init; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value.Value);
}

/// <summary>Form of a generated value.</summary>
internal sealed record GeneratedDefault(int MinLength, bool Special);
