using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting;
using Commerce.NativeHosting.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>What this start of the AppHost is for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>Everything is started.</summary>
    Run,

    /// <summary>Only a description is written.</summary>
    Publish,
}

/// <summary>Run or publish.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>What this start is for.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>Everything is started.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>Only a description is written.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}

/// <summary>Describes the application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Folder of the AppHost's project.</summary>
    string AppHostDirectory { get; }

    /// <summary>appsettings.json of the AppHost, environment, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Name of the environment: Development unless DOTNET_ENVIRONMENT says otherwise.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>Run or publish.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>All resources in the order of the app model.</summary>
    IList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>A builder for a resource that is not, or not yet, part of the model.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Ends the description.</summary>
    DistributedApplication Build();
}

/// <summary>Describes one resource.</summary>
public interface IResourceBuilder<out T>
    where T : IResource
{
    /// <summary>The application it belongs to.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }

    /// <summary>Adds something known about it.</summary>
    IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation)
        where TAnnotation : IResourceAnnotation;
}

/// <summary>Command-line flags that carry no value and so do not fit a configuration source.</summary>
internal sealed record Flags(bool Fresh, string[] Rest)
{
    public static Flags Parse(string[] args) =>
        new(
            args.Contains("--fresh", StringComparer.Ordinal),
            [.. args.Where(argument => !string.Equals(argument, "--fresh", StringComparison.Ordinal))]
        );
}

internal sealed class NativeApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly Flags _flags;

    public NativeApplicationBuilder(string[] args, Assembly? appHost)
    {
        _flags = Flags.Parse(args);
        AppHostPath = BuildFacts.AppHostProject(appHost) ?? Path.Combine(Directory.GetCurrentDirectory(), "AppHost");
        AppHostDirectory = Path.GetDirectoryName(AppHostPath)!;
        var environment =
            System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environments.Development;
        Configuration
            .AddJsonFile(Path.Combine(AppHostDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(AppHostDirectory, $"appsettings.{environment}.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(_flags.Rest);
        Environment = new HostEnvironment(environment, AppHostDirectory);
        ExecutionContext = new DistributedApplicationExecutionContext(
            Configuration["publisher"] is null
                ? DistributedApplicationOperation.Run
                : DistributedApplicationOperation.Publish
        );
        Paths = EnginePaths.For(Configuration);
    }

    public string AppHostPath { get; }

    public string AppHostDirectory { get; }

    public ConfigurationManager Configuration { get; } = new();

    public IHostEnvironment Environment { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IList<IResource> Resources { get; } = [];

    /// <summary>Where this application keeps its state.</summary>
    public EnginePaths Paths { get; }

    /// <summary>What the app model asked for and this engine leaves out; one line each.</summary>
    public List<string> Notices { get; } = [];

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidOperationException($"There is a resource named {resource.Name} already.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build() => new(this, _flags.Fresh);

    private sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource)
        : IResourceBuilder<T>
        where T : IResource
    {
        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation)
            where TAnnotation : IResourceAnnotation
        {
            Resource.Annotations.Add(annotation);
            return this;
        }
    }

    private sealed class HostEnvironment(string name, string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "AppHost";

        public string ContentRootPath { get; set; } = root;

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } =
            new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
