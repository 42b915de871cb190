using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults;

public static class RedisExtensions
{
    /// <summary>
    /// A shared <see cref="IConnectionMultiplexer"/> from <c>ConnectionStrings__{name}</c>. Connects on first use and again by
    /// itself; commands fail within a second while Redis is away, which the health check calls degraded: the shop stays open.
    /// </summary>
    public static IHostApplicationBuilder AddRedis(this IHostApplicationBuilder builder, string name)
    {
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var text =
                services.GetRequiredService<IConfiguration>().GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is missing");
            var options = ConfigurationOptions.Parse(text);
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = 1_000;
            options.SyncTimeout = 1_000;
            options.ConnectRetry = 1;
            options.KeepAlive = 10;
            return ConnectionMultiplexer.Connect(options);
        });
        builder
            .Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name,
                    services => new RedisHealthCheck(services),
                    HealthStatus.Degraded,
                    tags: null,
                    timeout: TimeSpan.FromSeconds(3)
                )
            );
        return builder;
    }

    private sealed class RedisHealthCheck(IServiceProvider services) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                var redis = services.GetRequiredService<IConnectionMultiplexer>();
                await redis.GetDatabase().PingAsync().WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e)
            {
                return HealthCheckResult.Degraded("Redis does not answer", e);
            }
        }
    }
}
