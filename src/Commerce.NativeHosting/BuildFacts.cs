using System.Reflection;

namespace Commerce.NativeHosting;

/// <summary>What the build knew and a running process cannot find out.</summary>
internal static class BuildFacts
{
    /// <summary>Root of the checkout this was built from.</summary>
    public static string RepositoryRoot => Metadata("RepositoryRoot");

    /// <summary>The embedded broker's assembly, whether or not it has been built.</summary>
    public static string BrokerAssembly => Metadata("BrokerAssembly");

    /// <summary>The AppHost's project file, which Commerce.NativeHosting.targets wrote into its assembly.</summary>
    public static string? AppHostProject(Assembly? appHost) =>
        appHost
            ?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "AppHostProject")
            ?.Value;

    /// <summary>The dotnet host this process runs under, or the one on PATH.</summary>
    public static string Dotnet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Metadata(string key) =>
        typeof(BuildFacts)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == key)
            .Value!;
}
