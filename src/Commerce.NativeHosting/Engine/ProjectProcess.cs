using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Engine;

/// <summary>How a project is started: from its build output, in its own folder.</summary>
internal static class ProjectProcess
{
    public static async Task<ProcessSpec> SpecAsync(
        IProjectMetadata metadata,
        ProjectResource project,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken
    )
    {
        var assembly =
            (metadata as IBuiltProject)?.AssemblyPath
            ?? throw new InvalidOperationException($"{metadata.GetType().Name} does not say where its output is.");
        if (!File.Exists(assembly))
        {
            throw new InvalidOperationException($"{project.Name} is not built: {assembly} is missing.");
        }

        var arguments = new List<string> { assembly };
        foreach (var argument in ResourceEnvironment.Arguments(project))
        {
            arguments.Add(await ResourceEnvironment.TextAsync(argument, cancellationToken));
        }

        return new ProcessSpec(BuildFacts.Dotnet, arguments)
        {
            // As `dotnet run` does it: appsettings.json and wwwroot are found in the project's folder.
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath)!,
            Environment = environment,
        };
    }
}
