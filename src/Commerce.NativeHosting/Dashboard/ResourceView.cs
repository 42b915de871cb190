using Commerce.NativeHosting.Dashboard.Wire;
using Commerce.NativeHosting.Engine;
using Google.Protobuf.WellKnownTypes;

namespace Commerce.NativeHosting.Dashboard;

/// <summary>A resource as the dashboard wants it.</summary>
internal static class ResourceView
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    public static Resource Of(PlatformResource resource)
    {
        var status = resource.Supervisor.Status;
        var view = new Resource
        {
            Name = resource.DashboardName,
            DisplayName = resource.Group,
            Uid = resource.DashboardName,
            ResourceType = TypeOf(resource.Kind),
            State = status.State,
            // Without one the dashboard drops the whole list.
            CreatedAt = Timestamp.FromDateTimeOffset(resource.CreatedAt),
            SupportsDetailedTelemetry = resource.Kind == Kinds.Project,
        };
        if (status.State == ResourceStatus.Failed)
        {
            view.StateStyle = "error";
        }

        if (resource.Supervisor.StartedAt is { } startedAt)
        {
            view.StartedAt = Timestamp.FromDateTimeOffset(startedAt);
        }

        view.HealthReports.Add(HealthOf(status));
        view.Environment.Add(
            resource.Environment.Select(variable => new EnvironmentVariable
            {
                Name = variable.Key,
                Value = variable.Value,
                IsFromSpec = true,
            })
        );
        AddProperties(view, resource, status);
        AddUrl(view, resource, status);
        view.Relationships.Add(
            resource.Related.Select(name => new ResourceRelationship
            {
                ResourceName = name,
                Type = resource.Kind == Kinds.Database ? "Parent" : "WaitFor",
            })
        );
        if (resource.HasProcess && resource.Kind != Kinds.Dashboard)
        {
            AddCommands(view, status);
        }

        return view;
    }

    private static string TypeOf(string kind) =>
        kind switch
        {
            Kinds.Project => "Project",
            Kinds.Postgres => "PostgresServer",
            Kinds.Database => "PostgresDatabase",
            Kinds.Redis => "Redis",
            Kinds.Kafka => "Kafka",
            _ => "Executable",
        };

    private static HealthReport HealthOf(ResourceStatus status)
    {
        var report = new HealthReport { Key = "engine", Description = status.Reason ?? string.Empty };
        if (status.Health is not null)
        {
            report.Status = status.IsHealthy ? HealthStatus.Healthy : HealthStatus.Unhealthy;
            report.LastRunAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        }

        return report;
    }

    private static void AddProperties(Resource view, PlatformResource resource, ResourceStatus status)
    {
        if (resource.Source is not null)
        {
            Add(resource.Kind == Kinds.Project ? "project.path" : "executable.path", Value.ForString(resource.Source));
        }

        if (status.Pid is { } processId && resource.HasProcess)
        {
            Add("executable.pid", Value.ForNumber(processId));
        }

        if (resource.HasProcess)
        {
            Add("Restarts", Value.ForNumber(status.Restarts));
        }

        if (resource.Kind == Kinds.Database)
        {
            // The dashboard shows a child below its parent.
            Add("resource.parentName", Value.ForString(resource.Related[0]));
        }

        void Add(string name, Value value) => view.Properties.Add(new ResourceProperty { Name = name, Value = value });
    }

    private static void AddUrl(Resource view, PlatformResource resource, ResourceStatus status)
    {
        var url = resource.Link?.Url ?? (resource.Url is { } address ? Absolute(address) : null);
        if (url is not null)
        {
            view.Urls.Add(
                new Url
                {
                    EndpointName = resource.Kind is Kinds.Project or Kinds.Dashboard ? "http" : "tcp",
                    FullUrl = url,
                    IsInactive = status.State != ResourceStatus.Running,
                    DisplayProperties = new UrlDisplayProperties
                    {
                        DisplayName = resource.Link?.DisplayText ?? string.Empty,
                        SortOrder = resource.Link?.DisplayOrder ?? 0,
                    },
                }
            );
        }
    }

    private static string Absolute(string address) =>
        address.Contains("://", StringComparison.Ordinal) ? address : $"tcp://{address}";

    private static void AddCommands(Resource view, ResourceStatus status)
    {
        var runs = status.Pid is not null;
        Add(Start, "Start", "Play", enabled: !runs);
        Add(Stop, "Stop", "Stop", enabled: runs);
        Add(Restart, "Kill and restart", "ArrowCounterclockwise", enabled: runs);

        void Add(string name, string text, string icon, bool enabled) =>
            view.Commands.Add(
                new ResourceCommand
                {
                    Name = name,
                    DisplayName = text,
                    IconName = icon,
                    IsHighlighted = true,
                    State = enabled ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
                }
            );
    }
}
