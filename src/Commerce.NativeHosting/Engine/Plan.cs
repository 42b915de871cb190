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
        var (kind, server) = await new ServerFactory(_application).CreateAsync(resource, log, cancellationToken);
        var patience = kind == Kinds.Kafka ? _patience with { Silence = TimeSpan.FromSeconds(15) } : _patience;
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

    private void AddProject(ProjectResource project)
    {
        // Native:Replicas:catalog=2 tries out what the app model does not ask for.
        var replicas =
            _application.Configuration.GetValue<int?>($"Native:Replicas:{project.Name}")
            ?? project.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas
            ?? 1;
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
                foreach (var (key, value) in resource!.Overrides)
                {
                    environment[key] = value;
                }

                resource.Environment = environment;
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
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            // For a project that keeps files: below data/, so that --fresh removes them.
            ["COMMERCE_HOME"] = _application.Paths.Home,
        };
        foreach (var (name, value) in _dashboard?.OtlpEnvironment(project.Name, instance) ?? [])
        {
            environment[name] = value;
        }

        if (_dashboard is not null)
        {
            // The shop's admin pages link to traces there. Aspire's own engine says nothing of it; without it, no link.
            environment["Dashboard__Url"] = _dashboard.Url;
        }

        if (
            string.IsNullOrEmpty(_application.Configuration["KAFKA_HOME"])
            && _application.Resources.OfType<KafkaServerResource>().Any()
        )
        {
            // Only whoever starts the broker knows which one it is.
            environment["Messaging__Broker"] = "Embedded";
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
