using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults.Redis;

public static class RedisExtensions
{
    /// <summary>
    /// The process' <see cref="RedisGate"/> to <c>ConnectionStrings:{name}</c>. The process starts without Redis and finds it by
    /// itself. The health check calls its absence degraded: the shop stays open.
    /// </summary>
    public static IHostApplicationBuilder AddRedis(this IHostApplicationBuilder builder, string name = "redis")
    {
        // Not Aspire's AddRedisClient: it blocks the thread that asks first until it is connected, and calls a shop without Redis sick.
        builder.Services.AddSingleton(services => new RedisGate(
            services.GetRequiredService<IConfiguration>().GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is missing"),
            services.GetRequiredService<ILogger<RedisGate>>()
        ));
        builder
            .Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    name,
                    services => new RedisHealthCheck(services.GetRequiredService<RedisGate>()),
                    HealthStatus.Degraded,
                    tags: null,
                    timeout: TimeSpan.FromSeconds(3)
                )
            );
        return builder;
    }

    private sealed class RedisHealthCheck(RedisGate redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                await redis.AskAsync(database => database.PingAsync());
                return HealthCheckResult.Healthy();
            }
            catch (RedisAwayException exception)
            {
                return HealthCheckResult.Degraded("Redis does not answer", exception);
            }
        }
    }
}
