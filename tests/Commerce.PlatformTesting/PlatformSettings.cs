namespace Commerce.PlatformTesting;

/// <summary>How a platform for a test or a measurement differs from a developer's.</summary>
public sealed record PlatformSettings
{
    /// <summary>Folder of its state; null = one of its own that goes with it.</summary>
    public string? Home { get; init; }

    /// <summary>Whether the Aspire dashboard runs and collects telemetry.</summary>
    public bool Dashboard { get; init; }

    /// <summary><c>processes</c> or <c>containers</c>.</summary>
    public string Servers { get; init; } = "processes";

    /// <summary>On top of what every project gets, such as <c>Orders__Expiry</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Processes of a project, by its name; one where nothing is said.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; init; } = new Dictionary<string, int>();
}
