using System.Net;
using Commerce.Contracts.Api;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Admin;

/// <summary>What admins see of orders, and what of it nobody else does.</summary>
[Collection(OrderCollection.Name)]
public sealed class AdminOrdersTests(OrderFixture fixture)
{
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task The_timeline_shows_admins_every_payload_but_nothing_that_pays()
    {
        using var shopper = fixture.Shopper(_account);
        using var admin = fixture.Admin();
        var id = (await fixture.PlaceAsync(shopper)).OrderId;
        await fixture.CaptureAsync(id);
        await WaitForAsync(shopper, id, OrderStatus.Confirmed);

        var timeline = (await GetAsync(admin, id)).Timeline;

        timeline.ShouldAllBe(entry => entry.EventId != null && entry.Payload != null);
        var placed = timeline.Single(entry => entry.Event == "order.placed").Payload!.Value;
        placed.GetProperty("orderId").GetGuid().ShouldBe(id);
        placed.GetProperty("lines").GetArrayLength().ShouldBe(1);
        placed.GetProperty("paymentToken").GetString().ShouldBe("•••");
        var captured = timeline.Single(entry => entry.Event == "payment.captured").Payload!.Value;
        captured.GetProperty("amountKrw").GetInt64().ShouldBe(36_000);
        captured.GetProperty("paymentKey").GetString().ShouldBe("•••");
        (await GetAsync(shopper, id)).Timeline.ShouldAllBe(entry => entry.EventId == null && entry.Payload == null);
    }

    [Fact]
    public async Task Orders_are_found_by_their_number_the_buyers_account_the_recipient_and_the_fruit()
    {
        using var shopper = fixture.Shopper(_account);
        using var admin = fixture.Admin();
        var fruit = await fixture.ListAsync(Fruit() with { Name = $"한라봉 {Guid.NewGuid():N}", NameEn = "Hallabong" });
        var id = (await fixture.PlaceAsync(shopper, fruit)).OrderId;
        var number = id.ToString("N")[^12..].ToUpperInvariant();

        foreach (
            var query in new[]
            {
                $"q={number}",
                $"q={number[..6]}",
                $"q={id.ToString()[..18]}",
                $"q={fruit.FruitId}",
                $"q={Uri.EscapeDataString(fruit.Name[..20])}",
                $"account={_account}",
                $"account={_account}&q=nobody",
                $"q={Uri.EscapeDataString(Address.Recipient[..2])}&account={_account}",
            }
        )
        {
            var found = await GetAsync<Paged<AdminOrder>>(admin, $"/admin/orders?pageSize=100&{query}");
            found.Items.ShouldContain(order => order.Id == id && order.Recipient == Address.Recipient, query);
        }

        (await GetAsync<Paged<AdminOrder>>(admin, $"/admin/orders?account={Guid.NewGuid()}")).Total.ShouldBe(0);
    }

    [Fact]
    public async Task Orders_are_found_by_the_days_of_seoul()
    {
        using var shopper = fixture.Shopper(_account);
        using var admin = fixture.Admin();
        var id = (await fixture.PlaceAsync(shopper)).OrderId;
        // 23:30 on the 14th in Seoul is still the 14th in UTC; 00:30 on the 15th in Seoul is not.
        await fixture.ExecuteAsync("update orders set placed_at = '2026-03-14T15:30:00Z' where id = @id", new { id });

        async Task<int> Between(string from, string to) =>
            (await GetAsync<Paged<AdminOrder>>(admin, $"/admin/orders?account={_account}&from={from}&to={to}")).Total;

        (await Between("2026-03-15", "2026-03-15")).ShouldBe(1);
        (await Between("2026-03-14", "2026-03-14")).ShouldBe(0);
        (await Between("2026-03-01", "2026-03-31")).ShouldBe(1);
    }

    [Theory]
    [InlineData("from=2026-03-15&to=2026-03-14", "to")]
    [InlineData("q=%00", "q")]
    [InlineData("page=0", "page")]
    [InlineData("status=Lost", "status")]
    public async Task A_bad_search_names_its_field(string query, string field)
    {
        using var admin = fixture.Admin();

        using var response = await admin.GetAsync(new Uri($"/admin/orders?{query}", UriKind.Relative));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Theory]
    [InlineData("/admin/orders?from=yesterday")]
    [InlineData("/admin/orders?account=me")]
    [InlineData("/admin/orders/revenue?by=year")]
    public async Task What_cannot_be_read_is_refused(string path)
    {
        using var admin = fixture.Admin();

        using var response = await admin.GetAsync(new Uri(path, UriKind.Relative));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Statistics_say_how_long_orders_took_and_what_they_brought()
    {
        using var shopper = fixture.Shopper(_account);
        using var admin = fixture.Admin();
        var before = (await GetAsync<List<RevenueBar>>(admin, "/admin/orders/revenue?by=day"))[^1];
        var id = (await fixture.PlaceAsync(shopper)).OrderId;
        await fixture.CaptureAsync(id);
        await WaitForAsync(shopper, id, OrderStatus.Confirmed);

        var stats = await GetAsync<OrderStats>(admin, "/admin/orders/stats");

        var saga = stats.Saga.ShouldNotBeNull();
        saga.Orders.ShouldBeGreaterThan(0);
        saga.P50Ms.ShouldNotBeNull().ShouldBeInRange(0, 60_000);
        saga.P95Ms.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(saga.P50Ms!.Value);
        var parts = stats.SagaParts.ShouldNotBeNull();
        parts.Count.ShouldBe(12);
        parts.Select(part => part.From).ShouldBeInOrder();
        parts.Sum(part => part.Orders).ShouldBeInRange(1, saga.Orders);
        var days = await GetAsync<List<RevenueBar>>(admin, "/admin/orders/revenue?by=day");
        days.Count.ShouldBe(14);
        days.Sum(day => day.Krw).ShouldBeGreaterThanOrEqualTo(before.Krw + 36_000);
        (await GetAsync<List<RevenueBar>>(admin, "/admin/orders/revenue?by=hour")).Count.ShouldBe(24);
    }

    [Fact]
    public async Task A_cancellation_by_an_admin_is_written_down()
    {
        using var shopper = fixture.Shopper(_account);
        var adminId = Guid.CreateVersion7();
        using var admin = fixture.Service.Client(fixture.Authority.AdminToken(adminId));
        var id = (await fixture.PlaceAsync(shopper)).OrderId;

        (await CancelAsync(admin, id, "/admin")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CancelAsync(admin, id, "/admin")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var entry = (await GetAsync<Paged<AuditEntry>>(admin, $"/audit?subject={id}")).Items.ShouldHaveSingleItem();
        (entry.Action, entry.AdminId).ShouldBe(("order.cancel", adminId));
        using var peek = await shopper.GetAsync(new Uri("/audit", UriKind.Relative));
        await peek.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Every_search_has_an_index()
    {
        await using var connection = await fixture.Database.OpenConnectionAsync();
        // With few rows a scan is cheaper; what counts is whether the planner could do without.
        await Dapper.SqlMapper.ExecuteAsync(connection, "set enable_seqscan = off");
        foreach (
            var condition in new[]
            {
                "id between '01970000-0000-0000-0000-000000000000' and '01970000-ffff-ffff-ffff-ffffffffffff'",
                "right(id::text, 12) like 'abcdef%'",
                "account_id = '01970000-0000-7000-8000-000000000001'",
                "recipient like '김하%'",
                "id in (select order_id from order_lines where fruit_id = '01970000-0000-7000-8000-000000000001')",
            }
        )
        {
            var plan = string.Join(
                '\n',
                await Dapper.SqlMapper.QueryAsync<string>(
                    connection,
                    $"explain select id from orders where {condition}"
                )
            );
            plan.ShouldNotContain("Seq Scan", Case.Sensitive, condition);
            plan.ShouldContain("Cond", Case.Sensitive, condition);
        }
    }
}
