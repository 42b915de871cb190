using System.Data.Common;
using System.Reflection;
using Commerce.Data.Audit;
using Commerce.Data.Connections;
using Commerce.Data.Migrations;
using Commerce.Data.Retention;
using Commerce.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Commerce.Data;

/// <summary>A service's PostgreSQL database.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Adds a pooled <see cref="NpgsqlDataSource"/> from <c>ConnectionStrings__{name}</c>; its health check; its migrations
    /// (every embedded <c>Schema/NNN_name.sql</c> of <paramref name="schema"/>, applied at start under an advisory lock before
    /// anything else runs); the audit log; and retention by every registered <see cref="IRetentionPolicy"/>.
    /// </summary>
    public static IHostApplicationBuilder AddDatabase(
        this IHostApplicationBuilder builder,
        string name,
        Assembly schema
    )
    {
        DapperSetup.Apply();
        var services = builder.Services;
        services.AddSingleton(_ => CreateDataSource(builder.Configuration.RequiredConnectionString(name)));
        services.AddSingleton(new SchemaAssembly(typeof(DatabaseExtensions).Assembly));
        services.AddSingleton(new SchemaAssembly(schema));
        services.AddSingleton<IHostedService, Migrator>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        services.AddValidatedOptions<RetentionOptions>("Retention");
        services.AddSingleton<RetentionMetrics>();
        services.AddSingleton<RetentionService>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionService>());
        return builder;
    }

    /// <summary>Maps <c>GET /audit</c> under <paramref name="adminPolicy"/>.</summary>
    public static IEndpointRouteBuilder MapDatabase(this IEndpointRouteBuilder endpoints, string adminPolicy)
    {
        ListAuditEntries.Map(endpoints, adminPolicy);
        return endpoints;
    }

    /// <exception cref="InvalidOperationException"><c>ConnectionStrings__{name}</c> is not set.</exception>
    public static string RequiredConnectionString(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name)
        ?? throw new InvalidOperationException($"ConnectionStrings__{name} is not set.");

    // Npgsql itself, not Aspire's AddNpgsqlDataSource: that one writes every command to the service's log.
    private static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Maximum Pool Size") && !given.ContainsKey("MaxPoolSize"))
        {
            // Five services with replicas share one server; more connections than this only wait inside PostgreSQL.
            settings.MaxPoolSize = 20;
        }

        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
        {
            // The same few statements run all day, and planning them costs more than running them.
            settings.MaxAutoPrepare = 50;
        }

        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
