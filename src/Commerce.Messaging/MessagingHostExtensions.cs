using Commerce.Data;
using Commerce.Data.Migrations;
using Commerce.Data.Retention;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.DeadLetters;
using Commerce.Messaging.Diagnostics;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Status;
using Commerce.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Messaging;

public static class MessagingHostExtensions
{
    private const string Section = "Messaging";

    /// <summary>
    /// Adds messaging to the service's database, which <c>AddDatabase</c> adds: outbox, relay and consumers (broker from
    /// <c>ConnectionStrings__kafka</c>).
    /// </summary>
    public static IHostApplicationBuilder AddMessaging(
        this IHostApplicationBuilder builder,
        string databaseName,
        MessagingBuilder messaging
    )
    {
        var services = builder.Services;
        var consumers = messaging.Consumers();
        // Before the other schemas: the audit log of Commerce.Data was made by one of these scripts once.
        services.Insert(0, ServiceDescriptor.Singleton(new SchemaAssembly(typeof(MessagingBuilder).Assembly)));
        services.AddSingleton<MessagingMetrics>(Observed);
        AddKafka(builder, messaging, consumers);
        AddOutbox(services, messaging);
        AddRelay(builder, databaseName);
        AddConsumers(services, consumers);
        AddDeadLetters(services, consumers);
        return builder;
    }

    /// <summary>
    /// Maps <c>GET /dead-letters</c>, <c>POST /dead-letters/{id}/redrive</c>, <c>/redrive</c> and <c>/discard</c> and
    /// <c>GET /messaging</c>, all under <paramref name="adminPolicy"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder endpoints, string adminPolicy)
    {
        ListDeadLetters.Map(endpoints, adminPolicy);
        RedriveDeadLetter.Map(endpoints, adminPolicy);
        RedriveDeadLetters.Map(endpoints, adminPolicy);
        DiscardDeadLetters.Map(endpoints, adminPolicy);
        GetMessagingStatus.Map(endpoints, adminPolicy);
        return endpoints;
    }

    private static void AddKafka(
        IHostApplicationBuilder builder,
        MessagingBuilder messaging,
        IEnumerable<ConsumerRegistration> consumers
    )
    {
        builder.Services.AddSingleton(
            new RequiredTopics([.. consumers.SelectMany(consumer => consumer.Topics).Append(messaging.Topic)])
        );
        builder.Services.AddValidatedOptions<KafkaOptions>(Section);
        builder.AddKafka();
    }

    private static void AddOutbox(IServiceCollection services, MessagingBuilder messaging)
    {
        services.AddValidatedOptions<EventRetentionOptions>(Section);
        services.AddSingleton(new Publisher(messaging.Source, messaging.Topic));
        services.AddSingleton(new EventCatalog(messaging.EventTypes, messaging.Json));
        services.AddSingleton<IOutbox, PostgresOutbox>();
        services.AddSingleton<OutboxReader>();
    }

    private static void AddRelay(IHostApplicationBuilder builder, string databaseName)
    {
        var services = builder.Services;
        services.AddValidatedOptions<GapOptions>(Section);
        services.AddValidatedOptions<RelayOptions>(Section);
        services.AddSingleton(_ => new RelayConnectionString(
            builder.Configuration.RequiredConnectionString(databaseName)
        ));
        services.AddSingleton<ReplicationSlot>();
        services.AddSingleton<RelayStore>();
        services.AddSingleton<RelayState>();
        services.AddHostedService<RelayService>();
        services.AddHostedService<RelayLagMonitor>();
        services.AddSingleton<IRetentionPolicy, OutboxRetention>();
        services.AddHealthChecks().AddCheck<RelayHealthCheck>("relay");
    }

    private static void AddConsumers(IServiceCollection services, IReadOnlyList<ConsumerRegistration> consumers)
    {
        services.AddValidatedOptions<ConsumerOptions>(Section);
        services.AddSingleton<ConsumerLags>();
        services.AddSingleton<ConsumerProgress>();
        services.AddSingleton<MessageReader>();
        services.AddSingleton<PositionStore>();
        services.AddSingleton<HandlerRunner>();
        services.AddSingleton<RetryingTransactions>();
        services.AddSingleton<BatchProcessor>();
        services.AddSingleton<ConsumptionProgress>();
        services.AddSingleton<IRetentionPolicy, InboxRetention>();
        services.AddHealthChecks().AddCheck<ConsumerHealthCheck>("consumers");
        foreach (var consumer in consumers)
        {
            consumer.AddHandlers(services);
            services.AddSingleton(consumer);
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<ConsumerService>(provider, consumer)
            );
        }
    }

    private static void AddDeadLetters(IServiceCollection services, IReadOnlyList<ConsumerRegistration> consumers)
    {
        services.AddValidatedOptions<RetryOptions>(Section);
        services.AddSingleton<IFailedMessages, FailedMessageStore>();
        services.AddSingleton<FailedMessageHandler>();
        services.AddSingleton<Redrive>();
        services.AddSingleton<IRetentionPolicy, DeadLetterRetention>();
        foreach (var consumer in consumers)
        {
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<RetryWorker>(provider, consumer)
            );
        }
    }

    private static MessagingMetrics Observed(IServiceProvider services)
    {
        var metrics = ActivatorUtilities.CreateInstance<MessagingMetrics>(services);
        var relay = services.GetRequiredService<RelayState>();
        metrics.ObserveRelay(() => relay.LagBytes, () => relay.InFlight);
        metrics.ObserveConsumers(
            services.GetRequiredService<ConsumerLags>().Measure,
            services.GetRequiredService<ConsumerProgress>().Measure
        );
        return metrics;
    }
}
