using System.Data.Common;
using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging;

public static class MessagingHostExtensions
{
    /// <summary>
    /// Adds the service's database (a pooled <see cref="NpgsqlDataSource"/> from <c>ConnectionStrings__{databaseName}</c>;
    /// its health check; its migrations: every embedded <c>Schema/NNN_name.sql</c> of <paramref name="schemaAssembly"/>, applied
    /// at start under an advisory lock before anything else runs) and its messaging: outbox, relay and consumers
    /// (broker from <c>ConnectionStrings__kafka</c>).
    /// </summary>
    public static IHostApplicationBuilder AddMessaging(
        this IHostApplicationBuilder builder,
        string databaseName,
        Assembly schemaAssembly,
        MessagingBuilder messaging
    )
    {
        var services = builder.Services;
        AddDatabase(builder, databaseName, schemaAssembly);
        services.AddSingleton(messaging);
        services.AddSingleton(MessagingOptions.From(builder.Configuration));
        services.AddSingleton<EventCatalog>();
        services.AddSingleton<IOutbox, Outbox>();
        services.AddSingleton<MessagingMetrics>();
        services.AddSingleton<ConsumerLags>();
        services.AddSingleton<ConsumerProgress>();
        AddRelay(builder, databaseName);
        AddConsumers(services, messaging.Consumers);
        AddRetention(services);
        return builder;
    }

    /// <summary>
    /// Maps <c>GET /dead-letters</c>, <c>POST /dead-letters/{id}/redrive</c>, <c>/redrive</c> and <c>/discard</c>,
    /// <c>GET /messaging</c> and <c>GET /audit</c>, all under <paramref name="adminPolicy"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder endpoints, string adminPolicy)
    {
        DeadLetterEndpoints.Map(endpoints, adminPolicy);
        StatusEndpoint.Map(endpoints, adminPolicy);
        AuditEndpoint.Map(endpoints, adminPolicy);
        return endpoints;
    }

    private static void AddRelay(IHostApplicationBuilder builder, string databaseName)
    {
        var services = builder.Services;
        builder.AddKafka();
        services.AddSingleton(_ => new RelayConnectionString(builder.Configuration.ConnectionString(databaseName)));
        services.AddSingleton<ReplicationSlot>();
        services.AddSingleton<RelayStore>();
        services.AddSingleton<OutboxRows>();
        services.AddSingleton<RelayState>();
        services.AddHostedService<RelayService>();
        services.AddHostedService<RelayLagMonitor>();
        services.AddHealthChecks().AddCheck<RelayHealthCheck>("relay");
    }

    private static void AddConsumers(IServiceCollection services, List<ConsumerRegistration> consumers)
    {
        services.AddSingleton<MessageReader>();
        services.AddSingleton<PositionStore>();
        services.AddSingleton<HandlerRunner>();
        services.AddSingleton<PatientTransactions>();
        services.AddSingleton<BatchProcessor>();
        services.AddSingleton<FailedMessageHandler>();
        services.AddSingleton<Redrive>();
        services.AddHealthChecks().AddCheck<ConsumerHealthCheck>("consumers");
        foreach (var consumer in consumers)
        {
            services.TryAddScoped(consumer.Handler);
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<ConsumerService>(provider, consumer)
            );
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<RetryWorker>(provider, consumer)
            );
        }
    }

    private static void AddRetention(IServiceCollection services)
    {
        services.AddSingleton<ReadProgress>();
        services.AddSingleton<ITrim, OutboxTrim>();
        services.AddSingleton<ITrim, InboxTrim>();
        services.AddSingleton<ITrim, DeadLetterTrim>();
        services.AddSingleton<RetentionService>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionService>());
    }

    private static void AddDatabase(IHostApplicationBuilder builder, string databaseName, Assembly schemaAssembly)
    {
        DapperSetup.Apply();
        builder.Services.AddSingleton(_ => CreateDataSource(builder.Configuration.ConnectionString(databaseName)));
        builder.Services.AddSingleton<IHostedService>(services => new Migrator(
            services.GetRequiredService<NpgsqlDataSource>(),
            [typeof(Migrator).Assembly, schemaAssembly],
            services.GetRequiredService<ILogger<Migrator>>()
        ));
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
    }

    internal static string ConnectionString(this IConfiguration configuration, string name) =>
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
