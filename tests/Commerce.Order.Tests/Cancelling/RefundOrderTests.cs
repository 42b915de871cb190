using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Cancelling;

public sealed class RefundOrderTests(HastyOrderFixture fixture) : IClassFixture<HastyOrderFixture>, IDisposable
{
    private readonly HttpClient _shopper = fixture.Shopper(Guid.CreateVersion7());
    private readonly HttpClient _admin = fixture.Admin();

    public void Dispose()
    {
        _shopper.Dispose();
        _admin.Dispose();
    }

    [Fact]
    public async Task A_delivered_order_is_refunded_once_and_its_timeline_says_why()
    {
        var id = await DeliverAsync();
        (await GetAsync(_admin, id)).CanRefund.ShouldBeTrue();
        (await GetAsync(_shopper, id)).CanRefund.ShouldBeFalse("shoppers ask people, not this button");

        var before = await RevenueAsync();

        (await RefundAsync(_admin, id, " 무른 사과가 왔어요 ")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await RefundAsync(_admin, id, "다른 이유")).StatusCode.ShouldBe(
            HttpStatusCode.NoContent,
            "twice does no harm"
        );

        // Payment does not answer, so it is asked again.
        await Eventually.True(() => fixture.Events.Of<OrderRefundRequested>(id).Count >= 2);
        fixture.Events.Of<OrderRefundRequested>(id).ShouldAllBe(e => e.Reason == "무른 사과가 왔어요");
        (await GetAsync(_shopper, id)).Payment.Status.ShouldBe("captured");
        await fixture.Events.PublishAsync(
            Topics.Payment,
            id,
            new PaymentRefunded(id, Guid.CreateVersion7(), 36_000, DateTimeOffset.UtcNow)
        );

        var order = await Eventually.Value(() => GetAsync(_shopper, id), o => o.Payment.Status == "refunded");
        order.Status.ShouldBe(OrderStatus.Delivered);
        order.RefundReason.ShouldBe("무른 사과가 왔어요");
        var story = order.Timeline.Select(e => e.Event).ToList();
        story[^2..].ShouldBe(["order.refund-requested", "payment.refunded"]);
        order.Timeline[^2].Detail.ShouldBe("무른 사과가 왔어요");
        var audit = await GetAsync<Paged<AuditEntry>>(_admin, $"/audit?subject={id}");
        var entry = audit.Items.ShouldHaveSingleItem();
        (entry.Action, entry.Note).ShouldBe(("order.refund", "무른 사과가 왔어요"));
        (await RevenueAsync()).ShouldBe(before - 36_000, "what went back was not earned");
    }

    [Fact]
    public async Task Only_what_was_delivered_and_paid_can_be_refunded()
    {
        var id = await PlaceWithTimeAsync();

        var early = await (await RefundAsync(_admin, id, "이유")).ShouldBeProblemAsync(HttpStatusCode.Conflict);

        early.GetProperty("detail").GetString()!.ShouldContain("cancel");
        await CancelAsync(_shopper, id);
        await (await RefundAsync(_admin, id, "이유")).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await RefundAsync(_admin, Guid.CreateVersion7(), "이유")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        fixture.Events.Of<OrderRefundRequested>(id).ShouldBeEmpty();
        (await GetAsync<Paged<AuditEntry>>(_admin, $"/audit?subject={id}")).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0000b")]
    [InlineData(301)]
    public async Task A_refund_says_why(object reason)
    {
        var id = await DeliverAsync();
        var text = reason is int length ? new string('가', length) : (string)reason;

        await (await RefundAsync(_admin, id, text)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "reason");

        (await GetAsync(_admin, id)).RefundReason.ShouldBeNull();
    }

    [Fact]
    public async Task Only_admins_refund()
    {
        var id = await DeliverAsync();
        using var farmer = fixture.Farmer(Guid.CreateVersion7());

        await (await RefundAsync(_shopper, id, "주세요")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await RefundAsync(farmer, id, "주세요")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    private async Task<long> RevenueAsync() =>
        (await GetAsync<List<RevenueBar>>(_admin, "/admin/orders/revenue")).Sum(bar => bar.Krw);

    private static Task<HttpResponseMessage> RefundAsync(HttpClient client, Guid id, string reason) =>
        client.PostAsJsonAsync(new Uri($"/admin/orders/{id}/refund", UriKind.Relative), new RefundOrderRequest(reason));

    private async Task<Guid> DeliverAsync()
    {
        var id = await PlaceWithTimeAsync();
        await fixture.CaptureAsync(id);
        await fixture.ScheduleAsync(id);
        await fixture.ArriveAsync(id);
        await WaitForAsync(_shopper, id, OrderStatus.Delivered);
        return id;
    }

    private async Task<Guid> PlaceWithTimeAsync()
    {
        var id = (await fixture.PlaceAsync(_shopper)).OrderId;
        await fixture.ExpireInAsync(id, TimeSpan.FromMinutes(1));
        return id;
    }
}
