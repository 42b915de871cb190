using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Queries;

[Collection(OrderCollection.Name)]
public sealed class OrderQueriesTests(OrderFixture fixture)
{
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task Another_persons_order_is_not_found_and_cannot_be_cancelled()
    {
        using var owner = fixture.Shopper(_account);
        var id = (await fixture.PlaceAsync(owner)).OrderId;
        using var stranger = fixture.Shopper(Guid.CreateVersion7());

        using var read = await stranger.GetAsync(new Uri($"/orders/{id}", UriKind.Relative));
        using var cancel = await CancelAsync(stranger, id);

        await read.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await cancel.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await GetAsync(owner, id)).Status.ShouldBe(OrderStatus.Placed);
    }

    [Theory]
    [InlineData("/orders/01970000-0000-7000-8000-00000000dead", HttpStatusCode.NotFound)]
    [InlineData("/orders/nonsense", HttpStatusCode.NotFound)]
    [InlineData("/orders?page=0", HttpStatusCode.BadRequest)]
    [InlineData("/orders?page=x", HttpStatusCode.BadRequest)]
    [InlineData("/orders?pageSize=101", HttpStatusCode.BadRequest)]
    [InlineData("/orders?status=Lost", HttpStatusCode.BadRequest)]
    [InlineData("/orders?status=3", HttpStatusCode.BadRequest)]
    [InlineData("/orders?state=lost", HttpStatusCode.BadRequest)]
    [InlineData("/admin/orders", HttpStatusCode.Forbidden)]
    [InlineData("/admin/orders/stats", HttpStatusCode.Forbidden)]
    [InlineData("/admin/orders/revenue", HttpStatusCode.Forbidden)]
    [InlineData("/farm/orders", HttpStatusCode.Forbidden)]
    public async Task A_shopper_is_refused(string path, HttpStatusCode status)
    {
        using var shopper = fixture.Shopper(_account);

        using var response = await shopper.GetAsync(new Uri(path, UriKind.Relative));

        await response.ShouldBeProblemAsync(status);
    }

    [Fact]
    public async Task Own_orders_come_newest_first_by_pages()
    {
        using var shopper = fixture.Shopper(_account);
        var fruit = await fixture.ListAsync(Fruit());
        var placed = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            placed.Insert(0, (await fixture.PlaceAsync(shopper, fruit, i + 1)).OrderId);
            // Ids of the same millisecond are in no order.
            await Eventually.True(() => Guid.CreateVersion7().ToString()[..13] != placed[0].ToString()[..13]);
        }

        var first = await GetAsync<Paged<OrderSummary>>(shopper, "/orders?page=1&pageSize=3");
        var second = await GetAsync<Paged<OrderSummary>>(shopper, "/orders?page=2&pageSize=3");

        first.Total.ShouldBe(5);
        first.Items.Concat(second.Items).Select(order => order.Id).ShouldBe(placed);
        first.Items[0].Items.ShouldHaveSingleItem().Quantity.ShouldBe(5);
        first.Items[0].TotalKrw.ShouldBe(90_000);
    }

    [Fact]
    public async Task Own_orders_are_found_by_how_they_stand()
    {
        using var shopper = fixture.Shopper(_account);
        var fruit = await fixture.ListAsync(Fruit());
        var open = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        var ended = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        using var cancel = await CancelAsync(shopper, ended);

        await ShouldFindAsync("/orders?state=open", open);
        await ShouldFindAsync("/orders?state=ended", ended);
        await ShouldFindAsync("/orders?state=delivered");
        await ShouldFindAsync("/orders?status=cancelled", ended);
        (await GetAsync<Paged<OrderSummary>>(shopper, "/orders")).Total.ShouldBe(2);

        async Task ShouldFindAsync(string path, params Guid[] ids) =>
            (await GetAsync<Paged<OrderSummary>>(shopper, path)).Items.Select(order => order.Id).ShouldBe(ids);
    }

    [Fact]
    public async Task A_refund_is_told_with_its_time()
    {
        using var shopper = fixture.Shopper(_account);
        var id = (await fixture.PlaceAsync(shopper)).OrderId;
        await fixture.ReserveAsync(id);
        await fixture.CaptureAsync(id);
        (await WaitForAsync(shopper, id, OrderStatus.Confirmed)).Payment.ShouldBe(new OrderPayment("captured"));
        using var cancel = await CancelAsync(shopper, id);
        await fixture.Events.PublishAsync(
            Topics.Payment,
            id,
            new PaymentRefunded(id, Guid.CreateVersion7(), 36_000, DateTimeOffset.UtcNow)
        );

        var order = await Eventually.Value(() => GetAsync(shopper, id), o => o.Payment.Status == "refunded");

        order.Payment.RefundedAt.ShouldBe(order.Timeline.Single(entry => entry.Event == "payment.refunded").At);
    }

    [Fact]
    public async Task A_farmer_sees_only_the_own_lines_and_the_address_only_when_there_is_something_to_ship()
    {
        var (farm, otherFarm) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var mine = await fixture.ListAsync(Fruit(farm));
        var theirs = await fixture.ListAsync(Fruit(otherFarm));
        using var shopper = fixture.Shopper(_account);
        using var response = await PostAsync(shopper, OrderOf((theirs.FruitId, 1), (mine.FruitId, 2)));
        var id = (await response.ReadAsync<OrderAccepted>()).OrderId;
        await fixture.PlaceAsync(shopper, theirs);
        using var farmer = fixture.Farmer(farm);

        var order = (await GetAsync<Paged<FarmOrder>>(farmer, "/farm/orders")).Items.ShouldHaveSingleItem();
        order.OrderId.ShouldBe(id);
        order.Items.ShouldHaveSingleItem().FruitId.ShouldBe(mine.FruitId);
        order.Address.Line1.ShouldBeEmpty();

        await fixture.CaptureAsync(id);
        await WaitForAsync(shopper, id, OrderStatus.Confirmed);
        var confirmed = await GetAsync<Paged<FarmOrder>>(farmer, "/farm/orders?status=confirmed");
        confirmed.Items.ShouldHaveSingleItem().Address.ShouldBe(Address);
        (await GetAsync<Paged<FarmOrder>>(farmer, "/farm/orders?status=Placed")).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_farmer_who_is_not_approved_sees_nothing()
    {
        using var farmer = fixture.Service.Client(
            fixture.Authority.FarmerToken(Guid.CreateVersion7(), approved: false)
        );

        using var response = await farmer.GetAsync(new Uri("/farm/orders", UriKind.Relative));

        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_admin_finds_orders_by_id_account_recipient_and_fruit()
    {
        using var shopper = fixture.Shopper(_account);
        var name = $"사과 100% {Guid.NewGuid():N}";
        var fruit = await fixture.ListAsync(Fruit() with { Name = name });
        var id = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        using var admin = fixture.Admin();

        foreach (var q in new[] { id.ToString(), id.ToString()[..23], _account.ToString(), name[3..20] })
        {
            var found = await GetAsync<Paged<AdminOrder>>(
                admin,
                $"/admin/orders?q={Uri.EscapeDataString(q)}&status=Placed"
            );
            found.Items.ShouldContain(order => order.Id == id && order.AccountId == _account, q);
        }

        var everyone = await GetAsync<Paged<AdminOrder>>(
            admin,
            "/admin/orders?q=" + Uri.EscapeDataString(Address.Recipient)
        );
        everyone.Total.ShouldBeGreaterThan(0);
        (await GetAsync<Paged<AdminOrder>>(admin, "/admin/orders?q=%25_%25")).Total.ShouldBe(0);
        using var unprintable = await admin.GetAsync(new Uri("/admin/orders?q=%00", UriKind.Relative));
        await unprintable.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "q");
    }

    [Fact]
    public async Task Statistics_count_by_status_and_by_minute()
    {
        using var shopper = fixture.Shopper(_account);
        await fixture.PlaceAsync(shopper);
        using var admin = fixture.Admin();

        var stats = await GetAsync<OrderStats>(admin, "/admin/orders/stats");

        stats.ByStatus.Keys.ShouldBe(Enum.GetNames<OrderStatus>(), ignoreOrder: true);
        stats.ByStatus["Placed"].ShouldBeGreaterThan(0);
        stats.PerMinute.Count.ShouldBe(60);
        stats.PerMinute.Sum(minute => minute.Count).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_api_document_names_every_call()
    {
        using var client = fixture.Service.Client();
        var document = await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        foreach (
            var operation in new[]
            {
                "GetCart",
                "PutCartItem",
                "DeleteCartItem",
                "MergeCart",
                "PlaceOrder",
                "ListOrders",
                "GetOrder",
                "CancelOrder",
                "ListFarmOrders",
                "ListShipments",
                "GetPickList",
                "GetFarmSales",
                "ListSettlements",
                "GetSettlement",
                "ListAllOrders",
                "CancelAnyOrder",
                "GetOrderStats",
                "GetRevenue",
                "RefundOrder",
            }
        )
        {
            document.ShouldContain($"\"operationId\": \"{operation}\"");
        }
    }
}
