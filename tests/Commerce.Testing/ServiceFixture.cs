using Npgsql;
using Xunit;

namespace Commerce.Testing;

/// <summary>
/// One running service with servers of its own; derive, name the database, add settings, and use as an
/// <see cref="IClassFixture{TFixture}"/> (or of a collection, to share it between classes).
/// </summary>
public abstract class ServiceFixture<TEntryPoint> : IAsyncLifetime
    where TEntryPoint : class
{
    private readonly List<ServiceHost<TEntryPoint>> _hosts = [];
    private Infrastructure? _infrastructure;
    private TestAuthority? _authority;
    private NpgsqlDataSource? _database;
    private EventProbe? _events;

    /// <summary>Name of the connection string, such as <c>orderdb</c>.</summary>
    protected abstract string DatabaseName { get; }

    /// <summary>Settings beyond connection strings, authority and (raised) rate limits.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public Infrastructure Infrastructure => _infrastructure!;

    /// <summary>The first (and usually only) replica.</summary>
    public ServiceHost<TEntryPoint> Service => _hosts[0];

    /// <summary>Issues tokens that the service trusts.</summary>
    public TestAuthority Authority => _authority!;

    /// <summary>The service's own database, to look behind the API.</summary>
    public NpgsqlDataSource Database => _database!;

    /// <summary>Publishes and sees events as the other services would.</summary>
    public EventProbe Events => _events!;

    public virtual async Task InitializeAsync()
    {
        _infrastructure = await Infrastructure.StartAsync();
        _authority = await TestAuthority.Shared;
        _database = NpgsqlDataSource.Create(_infrastructure.Database + ";Maximum Pool Size=10");
        _events = EventProbe.Start(_infrastructure.Kafka.ConnectionString);
        StartReplica();
    }

    /// <summary>Starts one more process on the same database and broker; ends with the fixture or when disposed.</summary>
    /// <param name="unlike">Settings in which it differs from the others.</param>
    public ServiceHost<TEntryPoint> StartReplica(IReadOnlyDictionary<string, string?>? unlike = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [$"ConnectionStrings:{DatabaseName}"] = Infrastructure.Database,
            ["ConnectionStrings:kafka"] = Infrastructure.Kafka.ConnectionString,
            ["Messaging:Broker"] = "Embedded",
            ["ConnectionStrings:redis"] = Infrastructure.Redis.ConnectionString,
            ["Authentication:Authority"] = Authority.Address,
            ["RateLimits:Writes:PerSecond"] = "100000",
            ["RateLimits:Writes:Burst"] = "100000",
            ["RateLimits:SignIn:PerMinute"] = "100000",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (key, value) in Settings.Concat(unlike ?? new Dictionary<string, string?>()))
        {
            settings[key] = value;
        }

        var host = new ServiceHost<TEntryPoint>(settings).Listen();
        _hosts.Add(host);
        return host;
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_infrastructure is not null)
        {
            await _infrastructure.DisposeAsync();
        }
    }
}
