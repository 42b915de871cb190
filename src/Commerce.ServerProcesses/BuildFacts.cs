using System.Reflection;

namespace Commerce.ServerProcesses;

/// <summary>What the build knew and a running process cannot find out.</summary>
internal static class BuildFacts
{
    /// <summary>The embedded broker's assembly, whether or not it has been built.</summary>
    public static string BrokerAssembly { get; } =
        typeof(BuildFacts)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == nameof(BrokerAssembly))
            .Value!;

    /// <summary>The dotnet host this process runs under, or the one on PATH.</summary>
    public static string Dotnet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
