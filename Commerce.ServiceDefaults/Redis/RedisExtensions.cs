using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults;

public static class RedisExtensions
{
    /// <summary>
    /// A shared <see cref="IConnectionMultiplexer"/> from <c>ConnectionStrings:{name}</c>. The process starts without Redis and
    /// finds it again by itself. While it is away commands throw <see cref="RedisException"/>; one that hangs does not end by
    /// itself (this client has no timeout for async calls), so callers bound it with <c>WaitAsync</c>. The health check calls
    /// that degraded: the shop stays open.
    /// </summary>
    public static IHostApplicationBuilder AddRedis(this IHostApplicationBuilder builder, string name = "redis")
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
