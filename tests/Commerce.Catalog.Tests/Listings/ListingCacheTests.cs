using System.Collections.Concurrent;
using System.Diagnostics;
using Commerce.Catalog.Seed;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using StackExchange.Redis;

namespace Commerce.Catalog.Tests.Listings;

/// <summary>Redis of its own, to be taken away; and reminders after moments instead of minutes.</summary>
public sealed class RedisFixture : CatalogFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal)
        {
            ["Reservations:RemindAfter"] = "00:00:00.5",
            ["Reservations:SweepEvery"] = "00:00:00.1",
        };
}

public sealed class ListingCacheTests(RedisFixture catalog) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Stock_is_told_live_and_the_shop_stays_open_without_Redis()
    {
        var seen = new ConcurrentQueue<string>();
        using (var redis = await ConnectionMultiplexer.ConnectAsync(catalog.Infrastructure.Redis.ConnectionString))
        {
            await redis
                .GetSubscriber()
                .SubscribeAsync(RedisChannel.Literal("stock"), (_, message) => seen.Enqueue(message!));
            var fruit = await catalog.NewFruitAsync(boxes: 10);
            await Eventually.True(() => seen.Contains($"{fruit}:10"));
            await catalog.PlaceAsync(Guid.CreateVersion7(), CatalogFixture.Line(fruit, 3));
            await Eventually.True(() => seen.Contains($"{fruit}:7"));
        }
        (await catalog.SearchAsync("q=shine")).Total.ShouldBe(3);

        await catalog.Infrastructure.Redis.StopAsync();
        (await catalog.SearchAsync("q=shine")).Total.ShouldBe(3);
        (await catalog.GetAsync<IReadOnlyList<Fruit>>("/fruits/bestsellers")).Count.ShouldBe(12);
        var order = Guid.CreateVersion7();
        var boxes = await catalog.NewFruitAsync(boxes: 1);
        await catalog.PlaceAsync(order, CatalogFixture.Line(boxes, 1));
        await catalog.Events.WaitForAsync<StockReserved>(order);

        // After the first disappointment nobody waits for Redis.
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10; i++)
            await catalog.FruitAsync(MarketSeed.FruitId(1, 1));
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(2));

        await catalog.Infrastructure.Redis.RestartAsync();
        (await catalog.SearchAsync("q=shine")).Total.ShouldBe(3);
    }

    [Fact]
    public async Task Order_is_told_again_of_a_reservation_that_waits_too_long_until_it_decides()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 2);
        var order = Guid.CreateVersion7();
        await catalog.PlaceAsync(order, CatalogFixture.Line(fruit, 1));
        await Eventually.True(() => catalog.Events.Of<StockReserved>(order).Count >= 3);

        await catalog.ConfirmAsync(order, CatalogFixture.Line(fruit, 1));
        await catalog.StatusBecomesAsync(order, "confirmed");
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(1);
    }
}
