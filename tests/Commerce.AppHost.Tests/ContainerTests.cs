using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Platform.Tests;
using Commerce.PlatformTesting;

namespace Commerce.AppHost.Tests;

/// <summary>PostgreSQL, Redis and Kafka as Aspire has them: containers.</summary>
public sealed class ContainerTests
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromMinutes(2);

    private static readonly PlatformSettings InContainers = new()
    {
        Servers = "containers",
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // What the image in the place of Kafka's holds.
            ["Messaging__Broker"] = "Embedded",
            ["Delivery__ReadyFor"] = "00:00:01",
            ["Delivery__OnRouteFor"] = "00:00:01",
        },
    };

    [ContainerFact]
    public async Task Orders_are_delivered_killed_servers_come_back_with_their_data_and_nothing_is_left_in_the_end()
    {
        var (containers, volumes) = (await ContainersAsync(), await VolumesAsync());

        await using (var platform = await PlatformUnderTest.StartAsync(InContainers))
        {
            (await ContainersAsync()).Except(containers).Count().ShouldBe(3);
            using var market = new Market(platform.Urls);
            var farmer = await market.SignInAsync(DemoAccounts.FarmerEmail);
            var shopper = await market.SignInAsync(DemoAccounts.ShopperEmail);
            var fruit = await market.ListFruitAsync(farmer, boxes: 5);
            var first = await market.PlaceAsync(shopper, fruit.Id);
            await market.WaitForAsync(shopper, first.OrderId, OrderStatus.Delivered);

            foreach (var server in new[] { "postgres", "redis", "kafka" })
            {
                var before = await ContainersAsync();
                await platform.KillAsync(server);
                // Healthy alone would not do: until the death is noticed, what is dead counts as healthy.
                await Eventually.UntilAsync(
                    async () => (await ContainersAsync()).Except(before).Count() == 1,
                    $"a new container of {server}",
                    BackWithin
                );
                await platform.WaitUntilHealthyAsync(BackWithin, server);
            }

            await platform.WaitUntilHealthyAsync(BackWithin);
            (await market.OrderAsync(shopper, first.OrderId)).Status.ShouldBe(OrderStatus.Delivered);
            var second = await market.PlaceAsync(shopper, fruit.Id);
            await market.WaitForAsync(shopper, second.OrderId, OrderStatus.Delivered, BackWithin);
            (await market.FruitAsync(fruit.Id)).Available.ShouldBe(3);
        }

        (await ContainersAsync()).Except(containers).ShouldBeEmpty();
        (await VolumesAsync()).Except(volumes).ShouldBeEmpty("the platform's folder was a temporary one");
    }

    private static Task<string[]> ContainersAsync() => Engine.RunAsync("ps", "--all", "--quiet", "--no-trunc");

    private static Task<string[]> VolumesAsync() => Engine.RunAsync("volume", "ls", "--quiet");
}
