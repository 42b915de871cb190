using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Engine;

/// <summary>Everything one platform keeps on disk: <c>.commerce/</c> of the checkout, or COMMERCE_HOME.</summary>
internal sealed record EnginePaths(string Home)
{
    /// <summary>Data of the servers, and files that projects keep; emptied by <c>--fresh</c>.</summary>
    public string Data => Path.Combine(Home, "data");

    /// <summary>Generated passwords, readable by their owner only.</summary>
    public string Secrets => Path.Combine(Home, "secrets");

    /// <summary>One bounded file per resource.</summary>
    public string Logs => Path.Combine(Home, "logs");

    /// <summary>What is true only while the platform runs.</summary>
    public string Run => Path.Combine(Home, "run");

    /// <summary>There while everything is up.</summary>
    public string State => Path.Combine(Run, "state.json");

    /// <summary>There while the platform is starting.</summary>
    public string Starting => Path.Combine(Run, "starting.json");

    /// <summary>There after a start or a run that failed: the reason, one line.</summary>
    public string Failure => Path.Combine(Run, "failure.txt");

    /// <summary>Process id of the guardian of the last run.</summary>
    public string Guardian => Path.Combine(Run, "guardian.pid");

    public static EnginePaths For(IConfiguration configuration) =>
        new(
            Path.GetFullPath(
                configuration["COMMERCE_HOME"] is { Length: > 0 } home
                    ? home
                    : Path.Combine(BuildFacts.RepositoryRoot, ".commerce")
            )
        );
}
