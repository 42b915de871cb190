using System.Collections.Concurrent;
using Commerce.Contracts.Live;
using Commerce.ServerProcesses;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront.Live;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Storefront.Tests.Live;

public sealed class LiveUpdatesTests
{
    [Fact]
    public async Task Hints_are_heard_once_each_also_when_Redis_comes_late_goes_and_comes_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.StopAsync();
        await using var gate = new RedisGate(redis.ConnectionString, NullLogger<RedisGate>.Instance);
        using var live = new LiveUpdates(gate, NullLogger<LiveUpdates>.Instance);
        var fruit = Guid.CreateVersion7();
        var heard = new ConcurrentQueue<string>();
        using var watch = live.Watch(LiveChannels.Stock, fruit, heard.Enqueue);
        await live.StartAsync(CancellationToken.None);
        await gate.TryAsync(database => database.PingAsync());
        live.IsLive.ShouldBeFalse();

        for (var time = 0; time < 2; time++)
        {
            await redis.RestartAsync();
            await Eventually.True(() => live.IsLive);
            heard.Clear();
            var (told, last) = (0, 0);
            // Messages are sent until one is heard: before, there was nobody to hear them.
            await Eventually.True(async () =>
            {
                last = ++told;
                await gate.AskAsync(database => database.PublishAsync(Channel, $"{fruit}:{last}"));
                return !heard.IsEmpty;
            });
            await gate.AskAsync(database => database.PublishAsync(Channel, $"{fruit}:end"));
            await Eventually.True(() => heard.Contains("end"));

            heard.ShouldBe([.. heard.Distinct()]);
            heard.ShouldContain($"{last}");
        }

        using (new Frozen(redis))
        {
            await gate.TryAsync(database => database.PingAsync());
            live.IsLive.ShouldBeFalse();
        }

        await live.StopAsync(CancellationToken.None);
    }

    private static StackExchange.Redis.RedisChannel Channel =>
        StackExchange.Redis.RedisChannel.Literal(LiveChannels.Stock);
}
