using System.Net;
using Commerce.NativeHosting;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults.Tests;

public sealed class RedisTests
{
    [Fact]
    public async Task Redis_is_lost_and_found_again_while_the_service_stays_open()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await SampleService.StartAsync(
            [("ConnectionStrings:redis", redis.ConnectionString)],
            builder => builder.AddRedis()
        );
        var connection = service.Services.GetRequiredService<IConnectionMultiplexer>();
        await Eventually.True(async () => await connection.GetDatabase().StringSetAsync("k", "v"));
        (await HealthAsync(service)).ShouldContain("\"redis\":{\"status\":\"Healthy\"");

        redis.Kill();
        await redis.Exited;
        await Eventually.True(async () =>
            (await HealthAsync(service)).Contains("\"redis\":{\"status\":\"Degraded\"", StringComparison.Ordinal)
        );

        await redis.EnsureStartedAsync();
        await Eventually.True(async () =>
            (await HealthAsync(service)).Contains("\"redis\":{\"status\":\"Healthy\"", StringComparison.Ordinal)
        );
        (await connection.GetDatabase().StringSetAsync("k", "v")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_service_starts_without_redis_and_finds_it_when_it_comes()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.StopAsync();
        await using var service = await SampleService.StartAsync(
            [("ConnectionStrings:redis", redis.ConnectionString)],
            builder => builder.AddRedis()
        );
        (await HealthAsync(service)).ShouldContain("Degraded");

        await redis.EnsureStartedAsync();
        await Eventually.True(async () =>
            (await HealthAsync(service)).Contains("\"redis\":{\"status\":\"Healthy\"", StringComparison.Ordinal)
        );
    }

    private static async Task<string> HealthAsync(SampleService service)
    {
        using var client = service.Client();
        var response = await client.GetAsync(new Uri("/health", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }
}
