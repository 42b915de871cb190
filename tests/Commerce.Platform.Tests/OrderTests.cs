using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests;

/// <summary>Orders over HTTP through all services, to each of their ends.</summary>
[Collection(PlatformCollection.Name)]
public sealed class OrderTests(Platform platform)
{
    private Market Market => platform.Market;

    [Fact]
    public async Task A_paid_order_is_delivered_and_its_timeline_tells_the_whole_story()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 5);

        var placed = await Market.PlaceAsync(shopper, fruit.Id, quantity: 2);
        placed.TotalKrw.ShouldBe(2 * fruit.PriceKrw);
        var order = await Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Delivered);

        order
            .Timeline.Select(entry => entry.Event)
            .ShouldBe(
                [
                    "order.placed",
                    "stock.reserved",
                    "payment.captured",
                    "order.confirmed",
                    "delivery.scheduled",
                    "delivery.on-route",
                    "delivery.delivered",
                    "order.delivered",
                ],
                ignoreOrder: true
            );
        order.Payment.Status.ShouldBe("captured");
        order.Delivery.Status.ShouldBe("DELIVERED");
        (await Market.FruitAsync(fruit.Id)).Available.ShouldBe(3);
        var payment = await Market.SendAsync<Payment>(shopper, HttpMethod.Get, "payment", $"payments/{order.Id}");
        (payment.Status, payment.AmountKrw).ShouldBe(("captured", 2 * fruit.PriceKrw));
    }

    [Fact]
    public async Task A_declined_card_cancels_the_order_and_gives_the_boxes_back()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 4);

        var placed = await Market.PlaceAsync(shopper, fruit.Id, quantity: 3, scenario: "decline");
        var order = await Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Cancelled);

        order.Reason.ShouldBe("payment-declined");
        await Eventually.UntilAsync(
            async () => (await Market.FruitAsync(fruit.Id)).Available == 4,
            "all boxes are back"
        );
    }

    [Theory]
    [InlineData("timeout")]
    [InlineData("slow")]
    [InlineData("flaky")]
    public async Task A_provider_in_trouble_delays_the_order_and_charges_once(string scenario)
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 1);

        var placed = await Market.PlaceAsync(shopper, fruit.Id, scenario: scenario);
        var order = await Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Delivered);

        order.Timeline.Count(entry => entry.Event == "payment.captured").ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_order_is_refunded_and_released()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 2);

        var placed = await Market.PlaceAsync(shopper, fruit.Id);
        await Market.WaitForAsync(shopper, placed.OrderId, OrderStatus.Confirmed);
        using (
            var cancelled = await Market.SendAsync(shopper, HttpMethod.Post, "order", $"orders/{placed.OrderId}/cancel")
        )
            cancelled.IsSuccessStatusCode.ShouldBeTrue(await cancelled.Content.ReadAsStringAsync());

        await Eventually.UntilAsync(
            async () => (await Market.OrderAsync(shopper, placed.OrderId)).Payment.Status == "refunded",
            "the money is back"
        );
        await Eventually.UntilAsync(async () => (await Market.FruitAsync(fruit.Id)).Available == 2, "the box is back");
        (await Market.OrderAsync(shopper, placed.OrderId)).Status.ShouldBe(OrderStatus.Cancelled);
    }

    [Fact]
    public async Task A_hundred_shoppers_after_ten_boxes_get_exactly_ten()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 10);

        var placed = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Market.PlaceAsync(shopper, fruit.Id)));
        await Eventually.UntilAsync(
            async () =>
            {
                var orders = await Task.WhenAll(placed.Select(order => Market.OrderAsync(shopper, order.OrderId)));
                return orders.All(order => order.Status is not (OrderStatus.Placed or OrderStatus.StockReserved));
            },
            "every order has its answer"
        );

        var ended = await Task.WhenAll(placed.Select(order => Market.OrderAsync(shopper, order.OrderId)));
        ended.Count(order => order.Status is OrderStatus.Confirmed or OrderStatus.Delivered).ShouldBe(10);
        var rejected = ended.Where(order => order.Status == OrderStatus.Rejected).ToList();
        rejected.Count.ShouldBe(90);
        rejected.ShouldAllBe(order => order.Reason == "out-of-stock");
        (await Market.FruitAsync(fruit.Id)).Available.ShouldBe(0);
    }
}
