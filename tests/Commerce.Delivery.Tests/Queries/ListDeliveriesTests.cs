using System.Net;
using Commerce.Contracts.Api;

namespace Commerce.Delivery.Tests.Queries;

public sealed class ListDeliveriesTests(ByHandFixture delivery) : IClassFixture<ByHandFixture>
{
    [Fact]
    public async Task An_admin_lists_and_finds_deliveries()
    {
        var orders = new List<TestOrder> { new(), new(), new() };
        foreach (var order in orders)
        {
            await delivery.TellAsync(order, order.Confirmed);
            await delivery.WaitForAsync(order, "READY");
        }

        using var moved = await delivery.AdvanceAsync(orders[1], delivery.Authority.AdminToken());
        var tracking = (await delivery.GetAsync(orders[0])).TrackingNumber;

        (await ListAsync($"q={orders[0].Id}")).Items.ShouldHaveSingleItem().TrackingNumber.ShouldBe(tracking);
        (await ListAsync($"q={orders[0].Id.ToString("N")[^12..].ToUpperInvariant()}"))
            .Items.ShouldHaveSingleItem()
            .OrderId.ShouldBe(orders[0].Id);
        (await ListAsync($"q={tracking[..9]}")).Items.ShouldContain(d => d.OrderId == orders[0].Id);
        (await ListAsync("q=nobody")).Total.ShouldBe(0);
        var onRoute = await ListAsync("status=ON_ROUTE&pageSize=100");
        onRoute.Items.ShouldContain(d => d.OrderId == orders[1].Id && d.OnRouteAt != null && d.DeliveredAt == null);
        onRoute.Items.ShouldAllBe(d => d.Status == "ON_ROUTE");
        var newest = await ListAsync("pageSize=2");
        newest.Items.Count.ShouldBe(2);
        newest.Total.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task A_tombstone_is_no_delivery()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Cancelled);
        await delivery.HandledAllAsync();

        (await ListAsync($"q={order.Id}")).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_step_by_an_admin_is_written_down_and_a_farmers_is_not()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");
        using var byFarmer = await delivery.AdvanceAsync(order, delivery.Authority.FarmerToken(order.FarmId));
        using var byAdmin = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());

        using var admin = delivery.Service.Client(delivery.Authority.AdminToken());
        using var response = await admin.GetAsync($"audit?subject={order.Id}");
        var entry = (await response.ReadAsync<Paged<AuditEntry>>()).Items.ShouldHaveSingleItem();
        (entry.Action, entry.Note).ShouldBe(("delivery.advance", "DELIVERED"));
    }

    [Theory]
    [InlineData("status=LOST", "status")]
    [InlineData("page=0", "page")]
    [InlineData("pageSize=101", "pageSize")]
    [InlineData("q=%00", "q")]
    public async Task A_bad_search_names_its_field(string query, string field)
    {
        using var admin = delivery.Service.Client(delivery.Authority.AdminToken());
        using var response = await admin.GetAsync($"admin/deliveries?{query}");
        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task Only_admins_list()
    {
        foreach (
            var token in new[]
            {
                delivery.Authority.FarmerToken(Guid.NewGuid()),
                delivery.Authority.ShopperToken(Guid.NewGuid()),
            }
        )
        {
            using var client = delivery.Service.Client(token);
            using var response = await client.GetAsync("admin/deliveries");
            await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        }
    }

    private async Task<Paged<AdminDelivery>> ListAsync(string query)
    {
        using var admin = delivery.Service.Client(delivery.Authority.AdminToken());
        using var response = await admin.GetAsync($"admin/deliveries?{query}");
        return await response.ReadAsync<Paged<AdminDelivery>>();
    }
}
