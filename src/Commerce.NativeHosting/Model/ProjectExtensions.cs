using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting;

namespace Aspire.Hosting;

/// <summary>Where a project of the app model is. The build writes one implementation per referenced project.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }
}

/// <summary>Projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that listens on HTTP.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder,
        string name
    )
        where TProject : IProjectMetadata, new()
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(new TProject());
        var http = new EndpointReference(project.Resource, "http");
        project.WithAnnotation(new EndpointAnnotation("http", "http"));
        project.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        if (builder.ExecutionContext.IsRunMode)
        {
            // TLS is the ingress's business; on loopback there is no certificate to trust.
            return project
                .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
                .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
                .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true")
                .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true")
                .WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple")
                .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__TIMESTAMPFORMAT", "yyyy-MM-ddTHH:mm:ss.fff ");
        }

        return project
            .WithAnnotation(new EndpointAnnotation("https", "https") { Transport = "http" })
            .WithEnvironment("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true")
            .WithEnvironment(context =>
                context.EnvironmentVariables["HTTP_PORTS"] = http.Property(EndpointProperty.TargetPort)
            );
    }

    /// <summary>Has the project run in that many processes behind one address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one.</exception>
    public static IResourceBuilder<ProjectResource> WithReplicas(
        this IResourceBuilder<ProjectResource> builder,
        int replicas
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas));
    }
}

/// <summary>Values that are not in the source.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value from <c>Parameters:name</c>; when running without one it is generated and kept.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        bool secret = false
    ) => builder.AddResource(Create(builder, name, secret, generated: null));

    internal static ParameterResource CreateGenerated(
        IDistributedApplicationBuilder builder,
        string name,
        bool special
    ) => Create(builder, name, secret: true, new GeneratedDefault(22, special));

    private static ParameterResource Create(
        IDistributedApplicationBuilder builder,
        string name,
        bool secret,
        GeneratedDefault? generated
    )
    {
        var secrets = ((NativeApplicationBuilder)builder).Paths.Secrets;
        return new ParameterResource(
            name,
            () =>
                // The second form can be exported by a shell.
                builder.Configuration[$"Parameters:{name}"]
                ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"]
                ?? Secret.GetOrCreate(secrets, name),
            secret
        )
        {
            Default = generated,
        };
    }
}
