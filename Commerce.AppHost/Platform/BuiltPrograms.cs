using System.Reflection;

namespace Commerce.AppHost.Platform;

/// <summary>
/// DCP starts a project by <c>dotnet run</c>, which stays as a second process beside each: half of the platform's memory and half
/// of its start. Here it starts the program that the build made. Under an IDE it does not: F5 is to debug.
/// </summary>
internal static class BuiltPrograms
{
    public static void StartBuiltPrograms(this IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration["DEBUG_SESSION_PORT"] is { Length: > 0 })
        {
            return;
        }

        var watched = Watched(builder);
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            var file = project.GetProjectMetadata().ProjectPath;
            var folder = Path.GetDirectoryName(file)!;
            if (watched.Contains(project.Name))
            {
                project.Annotations.Add(new ExecutableAnnotation { Command = "dotnet", WorkingDirectory = folder });
                builder
                    .CreateResourceBuilder(project)
                    .WithArgs("watch", "--non-interactive", "run", "--no-launch-profile", "-c", Configuration);
                continue;
            }

            project.Annotations.Add(
                new ExecutableAnnotation
                {
                    Command = Path.Combine(
                        folder,
                        "bin",
                        Configuration,
                        Framework,
                        Path.GetFileNameWithoutExtension(file)
                    ),
                    // As `dotnet run` does it: appsettings.json and wwwroot are found there.
                    WorkingDirectory = folder,
                }
            );
        }
    }

    /// <summary>Projects that <c>--watch</c> names: built and started again, or changed as they run, whenever a file is saved.</summary>
    /// <exception cref="InvalidOperationException">There is no such project.</exception>
    private static HashSet<string> Watched(IDistributedApplicationBuilder builder)
    {
        var names = (builder.Configuration["watch"] ?? "").Split(
            ',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        var projects = builder.Resources.OfType<ProjectResource>().Select(project => project.Name).ToList();
        return Array.Find(names, name => !projects.Contains(name)) is { } stranger
            ? throw new InvalidOperationException(
                $"--watch names '{stranger}'; there are {string.Join(", ", projects)}."
            )
            : [.. names];
    }

    /// <summary><c>Debug</c> or <c>Release</c>: a reference is built as what refers to it.</summary>
    private static string Configuration { get; } =
        typeof(BuiltPrograms).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string Framework { get; } = $"net{Environment.Version.Major}.{Environment.Version.Minor}";
}
