using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests;

/// <summary>Whatever dies in the middle, every order ends right after the restart.</summary>
[Collection(PlatformCollection.Name)]
public sealed class CrashTests(Platform platform)
{
    private Market Market => platform.Market;

    [Theory]
    [InlineData("identity")]
    [InlineData("catalog")]
    [InlineData("order")]
    [InlineData("payment")]
    [InlineData("payment-provider")]
    [InlineData("delivery")]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task An_order_survives_the_kill_of(string resource)
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 3);

        var placed = await Market.PlaceAsync(shopper, fruit.Id);
        await platform.KillAsync(resource);
        var order = await Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Delivered);

        order.Timeline.Count(entry => entry.Event == "payment.captured").ShouldBe(1);
        await platform.WaitUntilHealthyAsync(resource);
        (await Market.FruitAsync(fruit.Id)).Available.ShouldBe(2);
    }

    [Fact]
    public async Task Two_hundred_orders_survive_a_broker_that_comes_back_empty()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 300);

        var placing = Enumerable
            .Range(0, 200)
            .Select(i => Market.PlaceAsync(shopper, fruit.Id, scenario: i % 10 == 0 ? "decline" : ""))
            .ToList();
        await Task.WhenAny(placing.Skip(50));
        await platform.KillAsync("kafka");
        var placed = await Task.WhenAll(placing);

        var ends = new Dictionary<Guid, OrderDetails>();
        await Eventually.UntilAsync(
            async () =>
            {
                foreach (var order in placed.Where(order => !ends.ContainsKey(order.OrderId)))
                {
                    var now = await Market.OrderAsync(shopper, order.OrderId);
                    if (now.Status is OrderStatus.Delivered or OrderStatus.Cancelled or OrderStatus.Rejected)
                        ends[order.OrderId] = now;
                }
                return ends.Count == placed.Length;
            },
            "all orders have ended",
            TimeSpan.FromMinutes(2)
        );

        var delivered = ends.Values.Count(order => order.Status == OrderStatus.Delivered);
        delivered.ShouldBe(180);
        ends.Values.Where(order => order.Status == OrderStatus.Cancelled)
            .ShouldAllBe(order => order.Reason == "payment-declined");
        await Eventually.UntilAsync(
            async () => (await Market.FruitAsync(fruit.Id)).Available == 300 - delivered,
            "stock is what was not sold"
        );
    }
}
