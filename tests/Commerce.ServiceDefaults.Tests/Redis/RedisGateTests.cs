using System.Diagnostics;
using System.Net;
using Commerce.ServerProcesses;
using Commerce.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults.Tests.Redis;

public sealed class RedisGateTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Redis_is_lost_and_found_again_while_the_service_stays_open()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await ServiceAsync(redis);
        var gate = service.Services.GetRequiredService<RedisGate>();
        (await gate.AskAsync(database => database.StringSetAsync("k", "v"))).ShouldBeTrue();
        (await HealthAsync(service)).ShouldContain(Healthy);

        redis.Kill();
        await redis.Exited;
        await Eventually.True(async () => (await HealthAsync(service)).Contains(Degraded, StringComparison.Ordinal));

        await redis.EnsureStartedAsync();
        await Eventually.True(async () => (await HealthAsync(service)).Contains(Healthy, StringComparison.Ordinal));
        (await gate.AskAsync(database => database.StringSetAsync("k", "v"))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_service_starts_without_redis_and_finds_it_when_it_comes()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.StopAsync();
        await using var service = await ServiceAsync(redis);
        (await HealthAsync(service)).ShouldContain(Degraded);

        await redis.EnsureStartedAsync();
        await Eventually.True(async () => (await HealthAsync(service)).Contains(Healthy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_starts_beside_a_Redis_that_hangs_and_finds_it_when_it_answers()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await ServiceAsync(redis);
        using (new Frozen(redis))
        {
            (await HealthAsync(service)).ShouldContain(Degraded);
        }

        await Eventually.True(async () => (await HealthAsync(service)).Contains(Healthy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_frozen_Redis_costs_one_time_out_and_then_nothing_until_it_answers_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var gate = new RedisGate(redis.ConnectionString, NullLogger<RedisGate>.Instance);
        await gate.AskAsync(database => database.StringSetAsync("k", "v"));

        using (new Frozen(redis))
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => FailsAsync()));
            var once = Stopwatch.GetElapsedTime(started);
            (once > AtOnce, once < TimeSpan.FromSeconds(2)).ShouldBe((true, true), $"{once}");

            // Longer than the client itself gives Redis before it connects anew, and than any pause between two attempts.
            var longest = TimeSpan.Zero;
            using var calls = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(4))
            {
                await calls.WaitForNextTickAsync();
                var before = Stopwatch.GetTimestamp();
                await FailsAsync();
                (await gate.TryAsync(database => database.StringGetAsync("k"))).IsNull.ShouldBeTrue();
                var took = Stopwatch.GetElapsedTime(before);
                longest = took > longest ? took : longest;
            }

            longest.ShouldBeLessThan(AtOnce);
        }

        var back = await Eventually.Value(
            () => gate.TryAsync(database => database.StringGetAsync("k")),
            value => value.HasValue
        );
        back.ToString().ShouldBe("v");

        Task<RedisAwayException> FailsAsync() =>
            Should.ThrowAsync<RedisAwayException>(gate.AskAsync(database => database.StringGetAsync("k")));
    }

    [Fact]
    public async Task A_connection_that_could_not_be_made_once_is_tried_again()
    {
        await using var redis = await RedisServer.StartAsync();
        var attempts = 0;
        await using var gate = new RedisGate(ConnectAsync, NullLogger<RedisGate>.Instance);

        await Should.ThrowAsync<RedisAwayException>(gate.AskAsync(database => database.PingAsync()));

        await Eventually.Holds(() => gate.AskAsync(database => database.PingAsync()));
        attempts.ShouldBe(2);

        async Task<IConnectionMultiplexer> ConnectAsync() =>
            Interlocked.Increment(ref attempts) == 1
                ? throw new RedisException("no connection")
                : await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
    }

    [Fact]
    public async Task A_call_that_Redis_refuses_does_not_shut_the_gate()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var gate = new RedisGate(redis.ConnectionString, NullLogger<RedisGate>.Instance);
        await gate.AskAsync(database => database.StringSetAsync("k", "v"));

        var refused = await Should.ThrowAsync<RedisAwayException>(
            gate.AskAsync(database => database.HashGetAllAsync("k"))
        );
        (await gate.TryAsync(database => database.HashGetAllAsync("k"))).ShouldBeNull();

        refused.InnerException.ShouldBeOfType<RedisServerException>();
        gate.IsShut.ShouldBeFalse();
    }

    private const string Healthy = "\"redis\":{\"status\":\"Healthy\"";
    private const string Degraded = "\"redis\":{\"status\":\"Degraded\"";

    private static Task<SampleService> ServiceAsync(RedisServer redis) =>
        SampleService.StartAsync([("ConnectionStrings:redis", redis.ConnectionString)], builder => builder.AddRedis());

    private static async Task<string> HealthAsync(SampleService service)
    {
        using var client = service.Client();
        var response = await client.GetAsync(new Uri("/health", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }
}
