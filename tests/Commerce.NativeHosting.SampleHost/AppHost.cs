// A small app model for the engine's tests; Commerce.AppHost is the real one.
var builder = DistributedApplication.CreateBuilder(args);

var redis = builder.AddRedis("redis").WithDataVolume().WithRedisInsight();

var backend = builder
    .AddProject<Projects.Commerce_NativeHosting_SampleApp>("backend")
    .WithReference(redis)
    .WaitFor(redis)
    .WithEnvironment("Sample__HealthyAfter", builder.Configuration["BackendHealthyAfter"] ?? "00:00:00")
    .WithReplicas(builder.Configuration["Replicas"] is { } replicas ? int.Parse(replicas) : 1)
    .WithHttpHealthCheck("/health");

var frontend = builder
    .AddProject<Projects.Commerce_NativeHosting_SampleApp>("front-end")
    .WithReference(backend)
    .WaitFor(backend)
    .WithEnvironment("Sample__Key", builder.AddParameter("sample-key", secret: true))
    .WithHttpHealthCheck("/health");

if (builder.Configuration["FrontendFails"] is { } reason)
{
    frontend.WithEnvironment("Sample__Fail", reason);
}

if (builder.Configuration["Postgres"] is not null)
{
    backend.WithReference(builder.AddPostgres("postgres").WithDataVolume().AddDatabase("shopdb"));
}

builder.Build().Run();
