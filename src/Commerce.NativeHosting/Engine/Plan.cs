using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting.Dashboard;
using Commerce.NativeHosting.Processes;
using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Engine;

/// <summary>
/// Turns the app model into processes: gives out ports, makes the servers and the projects' supervisors, and knows who
/// waits for whom.
/// </summary>
internal sealed class Plan
{
    private readonly NativeApplicationBuilder _application;
    private readonly DashboardProcess? _dashboard;
    private readonly Patience _patience;
    private readonly List<RoundRobin> _balancers = [];
    private readonly List<PlatformResource> _resources = [];

    public Plan(NativeApplicationBuilder application, DashboardProcess? dashboard)
    {
        _application = application;
        _dashboard = dashboard;
        _patience = new Patience
        {
            Start = TimeSpan.FromSeconds(application.Configuration.GetValue("Native:StartTimeoutSeconds", 90)),
            FirstAttempts = application.Configuration.GetValue("Native:FirstAttempts", 5),
        };
    }

    /// <summary>Every process and database, in the order of the app model, the dashboard last.</summary>
    public IReadOnlyList<PlatformResource> Resources => _resources;

    public IReadOnlyList<RoundRobin> Balancers => _balancers;

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        GiveOutPorts();
        if (_dashboard is not null)
        {
            AddDashboard(_dashboard);
        }

        foreach (var resource in _application.Resources)
        {
            switch (resource)
            {
                case ContainerResource server:
                    await AddServerAsync(server, cancellationToken);
                    break;
                case PostgresDatabaseResource database:
                    var parent = _resources.Single(other => other.Model == database.Parent);
                    _resources.Add(
                        new PlatformResource(
                            database.Name,
                            database.Name,
                            Kinds.Database,
                            parent.Supervisor,
                            parent.Log
                        )
                        {
                            Model = database,
                            Related = [database.Parent.Name],
                        }
                    );
                    break;
                case ProjectResource project:
                    AddProject(project);
                    break;
            }
        }
    }

    /// <summary>Starts everything; each starts once those it waits for are healthy.</summary>
    public void Begin()
    {
        foreach (var resource in _resources.Where(resource => resource.HasProcess))
        {
            var others = resource
                .Model?.Annotations.OfType<WaitAnnotation>()
                .SelectMany(wait => _resources.Where(other => other.Group == wait.Resource.Name))
                .Select(other => other.Supervisor.FirstHealthy);
            resource.Supervisor.Begin(Task.WhenAll(others ?? []));
        }
    }

    private void GiveOutPorts()
    {
        foreach (var resource in _application.Resources)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                var preferred =
                    endpoint.Port ?? _application.Configuration.GetValue<int?>($"Native:Ports:{resource.Name}");
                endpoint.Port = preferred is { } port ? FreePort.From(port) : FreePort.Next();
            }
        }
    }

    private ResourceLog NewLog(string name) => new(_application.Paths.Logs, name);

    private void AddDashboard(DashboardProcess dashboard)
    {
        var log = NewLog(DashboardProcess.Name);
        var workload = new HttpWorkload(
            _ => Task.FromResult(dashboard.Spec()),
            new HttpProbe(new Uri($"{dashboard.Url}/login"), 200),
            log
        );
        _resources.Add(
            new PlatformResource(
                DashboardProcess.Name,
                DashboardProcess.Name,
                Kinds.Dashboard,
                new Supervisor(workload, _patience, log),
                log
            )
            {
                Url = dashboard.Url,
                Source = dashboard.Executable,
            }
        );
    }

    private async Task AddServerAsync(ContainerResource resource, CancellationToken cancellationToken)
    {
        var log = NewLog(resource.Name);
        var (kind, server) = await ServerOf(resource, log, cancellationToken);
        var patience = kind == Kinds.Kafka ? _patience with { Silence = TimeSpan.FromSeconds(10) } : _patience;
        _resources.Add(
            new PlatformResource(
                resource.Name,
                resource.Name,
                kind,
                new Supervisor(new ServerWorkload(server), patience, log),
                log
            )
            {
                Model = resource,
                Url = $"127.0.0.1:{server.Port}",
            }
        );
    }

    private async Task<(string Kind, NativeServer Server)> ServerOf(
        ContainerResource resource,
        ResourceLog log,
        CancellationToken cancellationToken
    )
    {
        var arguments = new List<string>();
        foreach (var argument in ResourceEnvironment.Arguments(resource))
        {
            arguments.Add(await ResourceEnvironment.TextAsync(argument, cancellationToken));
        }

        var port = new EndpointReference(resource, "tcp").Port;
        var kept = resource.Annotations.OfType<VolumeAnnotation>().Any();
        var folder = kept ? Path.Combine(_application.Paths.Data, resource.Name) : null;
        switch (resource)
        {
            case PostgresServerResource postgres:
                var options = new PostgresServerOptions
                {
                    DataDirectory = folder,
                    Port = port,
                    Password = await postgres.PasswordParameter.GetValueAsync(cancellationToken),
                    Databases =
                    [
                        .. _application
                            .Resources.OfType<PostgresDatabaseResource>()
                            .Where(database => database.Parent == postgres)
                            .Select(database => database.DatabaseName),
                    ],
                    Durable = kept,
                    Arguments = arguments,
                    Log = log.Write,
                };
                return (Kinds.Postgres, new PostgresServer(options));
            case RedisResource redis:
                return (
                    Kinds.Redis,
                    new RedisServer(
                        new RedisServerOptions
                        {
                            DataDirectory = folder,
                            Port = port,
                            Password = await redis.PasswordParameter!.GetValueAsync(cancellationToken),
                            Log = log.Write,
                        }
                    )
                );
            case KafkaServerResource:
                return (Kinds.Kafka, KafkaOf(folder, port, log));
            default:
                throw new NotSupportedException(
                    $"{resource.Name}: the native engine cannot run a {resource.GetType().Name}."
                );
        }
    }

    private NativeServer KafkaOf(string? folder, int port, ResourceLog log)
    {
        var topics = _application.Configuration.GetSection("Native:KafkaTopics").Get<string[]>() ?? [];
        var partitions = _application.Configuration.GetValue("Native:KafkaPartitions", 12);
        if (_application.Configuration["KAFKA_HOME"] is { Length: > 0 } home)
        {
            return new ApacheKafka(
                new ApacheKafkaOptions(home)
                {
                    DataDirectory = folder,
                    Port = port,
                    Topics = topics,
                    Partitions = partitions,
                    Log = log.Write,
                }
            );
        }

        return new KafkaBroker(
            new KafkaBrokerOptions
            {
                Topics = topics,
                Partitions = partitions,
                Port = port,
                Log = log.Write,
            }
        );
    }

    private void AddProject(ProjectResource project)
    {
        var replicas = project.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        var http = new EndpointReference(project, "http");
        if (replicas == 1)
        {
            AddReplica(project, project.Name, replica: 1, http.Port);
            return;
        }

        var ports = Enumerable.Range(0, replicas).Select(_ => FreePort.Next()).ToList();
        _balancers.Add(new RoundRobin(http.Port, ports));
        for (var replica = 1; replica <= replicas; replica++)
        {
            AddReplica(project, $"{project.Name}-{replica}", replica, ports[replica - 1]);
        }
    }

    private void AddReplica(ProjectResource project, string name, int replica, int port)
    {
        var log = NewLog(name);
        var metadata = project.Annotations.OfType<IProjectMetadata>().First();
        var health = project.Annotations.OfType<HttpHealthCheckAnnotation>().LastOrDefault();
        var probe = health is null
            ? null
            : new HttpProbe(new Uri($"http://127.0.0.1:{port}{health.Path}"), health.StatusCode);
        var instance = replica.ToString(CultureInfo.InvariantCulture);
        PlatformResource? resource = null;
        var workload = new HttpWorkload(
            async cancellationToken =>
            {
                var environment = await EnvironmentAsync(project, instance, port, cancellationToken);
                resource!.Environment = environment;
                return await ProjectProcess.SpecAsync(metadata, project, environment, cancellationToken);
            },
            probe,
            log
        );
        var url = new EndpointReference(project, "http").Url;
        var link = new ResourceUrlAnnotation { Url = url };
        foreach (var change in project.Annotations.OfType<EndpointUrlCallbackAnnotation>())
        {
            change.Callback(link);
        }

        resource = new PlatformResource(
            name,
            project.Name,
            Kinds.Project,
            new Supervisor(workload, _patience, log),
            log
        )
        {
            DashboardName = $"{project.Name}-{instance}",
            Model = project,
            Url = url,
            Link = link,
            Source = metadata.ProjectPath,
            Related = [.. project.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct()],
        };
        _resources.Add(resource);
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(
        ProjectResource project,
        string instance,
        int port,
        CancellationToken cancellationToken
    )
    {
        var environment = new Dictionary<string, string>
        {
            // A mock that keeps books keeps them with the rest of this platform's state.
            ["COMMERCE_HOME"] = _application.Paths.Home,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            // For a project that keeps files: below data/, so that --fresh removes them.
            ["COMMERCE_HOME"] = _application.Paths.Home,
        };
        foreach (var (name, value) in _dashboard?.OtlpEnvironment(project.Name, instance) ?? [])
        {
            environment[name] = value;
        }

        // What the app model says comes last: it may change any of the above.
        foreach (
            var (name, value) in await ResourceEnvironment.ResolveAsync(
                project,
                _application.ExecutionContext,
                cancellationToken
            )
        )
        {
            environment[name] = value;
        }

        return environment;
    }
}
