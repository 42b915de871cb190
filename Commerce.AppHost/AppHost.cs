using Commerce.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

// The relays read PostgreSQL's log, so it has to be a logical one: one slot and one sender per database. The services' pools
// together are larger than the 100 connections that PostgreSQL allows by itself.
var postgres = builder
    .AddPostgres("postgres")
    .WithArgs("-c", "wal_level=logical", "-c", "max_replication_slots=16", "-c", "max_wal_senders=16")
    .WithArgs("-c", "max_slot_wal_keep_size=8GB", "-c", "max_connections=300")
    .WithDataVolume();
var kafka = builder.AddKafka("kafka").WithDataVolume();
var redis = builder.AddRedis("redis").WithDataVolume();

var identity = builder
    .AddProject<Projects.Commerce_Identity>("identity")
    .WithEvents(kafka)
    .WithDatabase(postgres.AddDatabase("identitydb"))
    .WithHttpHealthCheck("/health");

var catalog = builder
    .AddProject<Projects.Commerce_Catalog>("catalog")
    .WithEvents(kafka)
    .WithDatabase(postgres.AddDatabase("catalogdb"))
    .WithReference(redis)
    .WaitFor(redis)
    .WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

var order = builder
    .AddProject<Projects.Commerce_Order>("order")
    .WithEvents(kafka)
    .WithDatabase(postgres.AddDatabase("orderdb"))
    .WithReference(redis)
    .WaitFor(redis)
    .WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

var providerKey = builder.AddParameter(
    "payment-provider-key",
    new GenerateParameterDefault { MinLength = 22, Special = false },
    secret: true
);
var provider = builder
    .AddProject<Projects.Commerce_PaymentProvider>("payment-provider")
    .WithEnvironment("PaymentProvider__SecretKey", providerKey)
    .WithHttpHealthCheck("/health");

var payment = builder
    .AddProject<Projects.Commerce_Payment>("payment")
    .WithEvents(kafka)
    .WithDatabase(postgres.AddDatabase("paymentdb"))
    .WithReference(provider)
    .WithEnvironment("PaymentProvider__SecretKey", providerKey)
    .WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

var delivery = builder
    .AddProject<Projects.Commerce_Delivery>("delivery")
    .WithEvents(kafka)
    .WithDatabase(postgres.AddDatabase("deliverydb"))
    .WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

builder
    .AddProject<Projects.Commerce_Storefront>("storefront")
    .WithReference(identity)
    .WithReference(catalog)
    .WithReference(order)
    .WithReference(payment)
    .WithReference(delivery)
    .WithReference(redis)
    .WaitFor(redis)
    .WaitFor(identity)
    .WaitFor(catalog)
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => url.DisplayText = "Shop")
    .WithHttpHealthCheck("/health");

builder.AddDeveloperPlatform().Build().Run();

internal static class Wiring
{
    public static IResourceBuilder<ProjectResource> WithEvents(
        this IResourceBuilder<ProjectResource> service,
        IResourceBuilder<KafkaServerResource> kafka
    ) => service.WithReference(kafka).WaitFor(kafka);

    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> service,
        IResourceBuilder<PostgresDatabaseResource> database
    ) => service.WithReference(database).WaitFor(database);
}
