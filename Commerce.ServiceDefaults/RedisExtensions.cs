using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults;

public static class RedisExtensions
{
    /// <summary>
    /// Registers <see cref="IConnectionMultiplexer"/> from <c>ConnectionStrings:redis</c>. The process starts without Redis and
    /// finds it again by itself. While it is away commands throw <see cref="RedisException"/>; one that hangs does not end by
    /// itself (this client has no timeout for async calls), so callers bound it with <c>WaitAsync</c>.
    /// </summary>
    public static IHostApplicationBuilder AddRedis(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var connectionString =
                services.GetRequiredService<IConfiguration>().GetConnectionString("redis")
                ?? throw new InvalidOperationException("ConnectionStrings:redis is not set.");
            var options = ConfigurationOptions.Parse(connectionString);
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = 2000;
            options.SyncTimeout = 1000;
            return ConnectionMultiplexer.Connect(options);
        });
        return builder;
    }
}
