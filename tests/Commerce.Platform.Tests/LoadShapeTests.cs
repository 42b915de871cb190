using System.Diagnostics;
using System.Globalization;
using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Npgsql;

namespace Commerce.Platform.Tests;

/// <summary>Everybody at once, a provider that takes its time, and more requests than two cores can answer.</summary>
[Collection(PlatformCollection.Name)]
public sealed class LoadShapeTests(Platform platform)
{
    private Market Market => platform.Market;

    [Fact]
    public async Task Five_hundred_orders_at_once_for_a_hundred_boxes_sell_exactly_a_hundred()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 100);
        var shoppers = await ShoppersAsync(10);

        await Task.WhenAll(
            shoppers.SelectMany(s => Enumerable.Range(0, 50).Select(_ => Market.PlaceAsync(s, fruit.Id)))
        );
        var orders = await EndedAsync(shoppers, 500);

        orders.Count(order => order.Status is OrderStatus.Confirmed or OrderStatus.Delivered).ShouldBe(100);
        orders.Count(order => order is { Status: OrderStatus.Rejected, Reason: "out-of-stock" }).ShouldBe(400);
        (await Market.FruitAsync(fruit.Id)).Available.ShouldBe(0);
    }

    [Fact]
    public async Task A_cart_that_is_changed_from_many_windows_at_once_ends_with_what_one_of_them_wrote()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 5);
        var (shopper, address) = (await Market.RegisterShopperAsync(), $"cart/items/{fruit.Id}");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 99)
                .Select(quantity =>
                    Market.SendAsync<Cart>(shopper, HttpMethod.Put, "order", address, new CartQuantity(quantity))
                )
        );
        var cart = await Market.SendAsync<Cart>(shopper, HttpMethod.Get, "order", "cart");

        cart.Items.ShouldHaveSingleItem().Quantity.ShouldBeInRange(1, 99);
        answers.ShouldAllBe(answer => answer.Items.Count == 1);
        await Market.SendAsync<Cart>(shopper, HttpMethod.Put, "order", address, new CartQuantity(3));
        (await Market.SendAsync<Cart>(shopper, HttpMethod.Get, "order", "cart")).Items[0].Quantity.ShouldBe(3);
    }

    [Fact]
    public async Task Three_hundred_orders_at_a_slow_provider_are_charged_once_each_and_others_are_not_lost_behind_them()
    {
        var farmer = await Market.SignInAsync(DemoAccounts.FarmerEmail);
        var fruit = await Market.ListFruitAsync(farmer, boxes: 301);
        var shoppers = await ShoppersAsync(6);

        await Task.WhenAll(
            shoppers.SelectMany(s =>
                Enumerable.Range(0, 50).Select(_ => Market.PlaceAsync(s, fruit.Id, scenario: "slow"))
            )
        );
        var (other, watch) = (await Market.RegisterShopperAsync(), Stopwatch.StartNew());
        var quick = await Market.PlaceAsync(other, fruit.Id);
        await Market.WaitForAsync(other, quick.OrderId, OrderStatus.Delivered);
        var orders = await EndedAsync(shoppers, 300);

        orders.ShouldAllBe(order => order.Status == OrderStatus.Confirmed || order.Status == OrderStatus.Delivered);
        var admin = await Market.SignInAsync(DemoAccounts.AdminEmail);
        foreach (var order in orders.Where((_, i) => i % 20 == 0))
        {
            var story = (await Market.OrderAsync(admin, order.Id)).Timeline;
            story.Count(entry => entry.Event == "payment.captured").ShouldBe(1, order.Id.ToString());
        }
        // Two rounds of the provider's 5 s, not three hundred.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task More_requests_than_there_is_room_for_are_told_to_come_back_and_the_service_recovers_in_bounded_memory()
    {
        var before = await MemoryAsync();
        var refused = 0;
        using (var crowd = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4_000 }))
        {
            Task<HttpResponseMessage>[] answers;
            // Nothing is answered from the database until somebody was refused: however fast it is, the crowd meets in the service.
            await using (var database = new NpgsqlConnection(platform.Database("catalogdb")))
            {
                await database.OpenAsync();
                await using var held = await database.BeginTransactionAsync();
                await using var hold = new NpgsqlCommand("lock table fruits in access exclusive mode", database, held);
                await hold.ExecuteNonQueryAsync();
                answers =
                [
                    .. Enumerable
                        .Range(0, 4_000)
                        // Each asks for something else: what has been answered before is not looked up.
                        .Select(n => new Uri(platform.Urls["catalog"] + $"/fruits?pageSize=1&minPrice={n}"))
                        .Select(address => crowd.GetAsync(address, HttpCompletionOption.ResponseHeadersRead)),
                ];
                await foreach (var answer in Task.WhenEach(answers))
                {
                    if ((await answer).StatusCode == HttpStatusCode.ServiceUnavailable)
                        break;
                }
            }

            foreach (var answer in await Task.WhenAll(answers))
            {
                using (answer)
                {
                    answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
                    if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    {
                        answer.Headers.RetryAfter.ShouldNotBeNull();
                        refused++;
                    }
                }
            }
        }

        refused.ShouldBeGreaterThan(0);
        (await Market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits")).Total.ShouldBeGreaterThan(0);
        (await MemoryAsync() - before).ShouldBeLessThan(400_000_000, "bytes more than before");
    }

    private async Task<Person[]> ShoppersAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Market.RegisterShopperAsync()));

    /// <summary>All orders of these shoppers, each of whom placed 50, once none waits for stock or money any more.</summary>
    private async Task<List<OrderSummary>> EndedAsync(Person[] shoppers, int count)
    {
        List<OrderSummary> orders = [];
        await Eventually.UntilAsync(
            async () =>
            {
                var pages = await Task.WhenAll(
                    shoppers.Select(s =>
                        Market.SendAsync<Paged<OrderSummary>>(s, HttpMethod.Get, "order", "orders?pageSize=100")
                    )
                );
                orders = [.. pages.SelectMany(page => page.Items)];
                return orders.All(order => order.Status is not (OrderStatus.Placed or OrderStatus.StockReserved));
            },
            "every order has its answer"
        );
        orders.Count.ShouldBe(count);
        return orders;
    }

    /// <summary>What the catalog's process holds in memory, bytes.</summary>
    private async Task<long> MemoryAsync()
    {
        var process = platform.ProcessesOf("catalog")[0].Pid;
        var pages = (await File.ReadAllTextAsync($"/proc/{process}/statm")).Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
