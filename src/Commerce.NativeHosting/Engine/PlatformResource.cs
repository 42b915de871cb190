using Aspire.Hosting.ApplicationModel;

namespace Commerce.NativeHosting.Engine;

/// <summary>Kinds of resources as people see them.</summary>
internal static class Kinds
{
    public const string Postgres = "postgres";
    public const string Database = "database";
    public const string Redis = "redis";
    public const string Kafka = "kafka";
    public const string Project = "project";
    public const string Dashboard = "dashboard";
}

/// <summary>
/// One line of <c>GET /resources</c> and of the dashboard: a process, or a database, which shares its server's.
/// </summary>
internal sealed class PlatformResource(string name, string group, string kind, Supervisor supervisor, ResourceLog log)
{
    /// <summary>Unique: the name of the app model, with a number when there are replicas.</summary>
    public string Name { get; } = name;

    /// <summary>Name of the app model; replicas share it.</summary>
    public string Group { get; } = group;

    public string Kind { get; } = kind;

    /// <summary>
    /// Name in the dashboard, which finds a process's telemetry by it: service.name, a dash, service.instance.id.
    /// </summary>
    public string DashboardName { get; init; } = name;

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    public Supervisor Supervisor { get; } = supervisor;

    public ResourceLog Log { get; } = log;

    /// <summary>What it is reached by, as people may see it (no password); null for a database.</summary>
    public string? Url { get; init; }

    /// <summary>The URL as the dashboard shows it; null when there is nothing to click.</summary>
    public ResourceUrlAnnotation? Link { get; init; }

    /// <summary>Resource of the app model; null for the dashboard.</summary>
    public IResource? Model { get; init; }

    /// <summary>File or project that is run.</summary>
    public string? Source { get; init; }

    /// <summary>Environment as it was handed to the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>What tests put on top of the app model's environment; holds from the next start on.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; set; } = new Dictionary<string, string>();

    /// <summary>Names of the resources it refers to or waits for.</summary>
    public IReadOnlyList<string> Related { get; init; } = [];

    /// <summary>Whether it has a process of its own that can be killed, stopped and started.</summary>
    public bool HasProcess => Kind != Kinds.Database;
}
