using System.Net;
using Commerce.Contracts.Events;
using PaymentView = Commerce.Contracts.Api.Payment;

namespace Commerce.Payment.Tests.Charging;

public sealed class CaptureTests(PaymentFixture payment) : IClassFixture<PaymentFixture>
{
    [Fact]
    public async Task A_placed_and_reserved_order_is_charged_and_the_capture_is_published_under_its_trace()
    {
        var order = TestOrder.With();
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await payment.Events.PublishAsync(
            Commerce.Contracts.Topics.Order,
            order.Id,
            order.Placed,
            traceParent: $"00-{trace}-00f067aa0ba902b7-01"
        );
        await payment.Events.PublishAsync(
            Commerce.Contracts.Topics.Catalog,
            order.Id,
            order.Reserved,
            traceParent: $"00-{trace}-00f067aa0ba902b8-01"
        );

        var captured = await payment.Events.WaitForAsync<PaymentCaptured>(order.Id);
        captured.AmountKrw.ShouldBe(order.TotalKrw);
        var ledger = await payment.Books.LedgerAsync(order.Id);
        ledger.Charges.ShouldHaveSingleItem().PaymentKey.ShouldBe(captured.PaymentKey);
        ledger.BalanceKrw.ShouldBe(order.TotalKrw);
        var seen = payment.Events.Seen.Single(e => e.Subject == order.Id && e.Topic == "commerce.payment");
        seen.Headers["traceparent"].ShouldContain(trace);
        seen.Json.ShouldNotContain(order.Token);
    }

    [Fact]
    public async Task Events_in_any_order_and_number_charge_once()
    {
        var order = TestOrder.With();
        await payment.TellAsync(order.Reserved, order.Reserved, order.Placed, order.Placed, order.Reserved);
        await payment.WaitForStateAsync(order.Id, "captured");
        await payment.TellAsync(order.Placed);
        await Eventually.True(async () => (await payment.WrittenAsync(order.Id)).Count >= 2);

        (await payment.WrittenAsync(order.Id)).ShouldAllBe(type => type == "captured");
        (await payment.Books.LedgerAsync(order.Id)).Charges.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_declined_token_ends_declined_with_the_providers_code()
    {
        var order = TestOrder.With("decline");
        await payment.TellAsync(order.Placed, order.Reserved);

        var declined = await payment.Events.WaitForAsync<PaymentDeclined>(order.Id);
        declined.Code.ShouldBe("REJECT_CARD_PAYMENT");
        (await payment.Books.LedgerAsync(order.Id)).Charges.ShouldBeEmpty();
        var view = await GetAsync(order, payment.Authority.ShopperToken(order.AccountId));
        (view.Status, view.Code, view.AmountKrw).ShouldBe(("declined", "REJECT_CARD_PAYMENT", order.TotalKrw));
    }

    [Fact]
    public async Task A_delivered_order_is_refunded_once_and_who_asks_again_is_told_again()
    {
        var order = TestOrder.With();
        await payment.TellAsync(order.Placed, order.Reserved);
        await payment.WaitForStateAsync(order.Id, "captured");

        await payment.TellAsync(order.RefundRequested);
        var refunded = await payment.Events.WaitForAsync<PaymentRefunded>(order.Id);
        await payment.TellAsync(order.RefundRequested);
        await Eventually.True(() => payment.Events.Of<PaymentRefunded>(order.Id).Count == 2);

        refunded.AmountKrw.ShouldBe(order.TotalKrw);
        var again = payment.Events.Of<PaymentRefunded>(order.Id)[1];
        // The database keeps microseconds.
        again.RefundedAt.ShouldBe(refunded.RefundedAt, TimeSpan.FromMilliseconds(1));
        (again with { RefundedAt = refunded.RefundedAt }).ShouldBe(refunded);
        (await payment.Books.LedgerAsync(order.Id)).BalanceKrw.ShouldBe(0);
        (await payment.StateAsync(order.Id)).ShouldBe("refunded");
    }

    [Fact]
    public async Task Lost_slow_and_failing_answers_end_in_exactly_one_charge()
    {
        var orders = new[] { "timeout", "slow", "flaky", "" }.Select(TestOrder.With).ToList();
        foreach (var order in orders)
        {
            await payment.TellAsync(order.Placed, order.Reserved);
        }

        foreach (var order in orders)
        {
            await payment.WaitForStateAsync(order.Id, "captured", TimeSpan.FromSeconds(30));
            (await payment.WrittenAsync(order.Id)).ShouldBe(["captured"]);
            var ledger = await payment.Books.LedgerAsync(order.Id);
            (ledger.Charges.Count, ledger.BalanceKrw).ShouldBe((1, order.TotalKrw), order.Token);
        }
    }

    [Fact]
    public async Task An_order_whose_end_arrived_first_is_never_charged()
    {
        var cancelled = TestOrder.With();
        var rejected = TestOrder.With();
        await payment.TellAsync(cancelled.Cancelled, rejected.Rejected);
        await payment.WaitForStateAsync(cancelled.Id, "cancelled");
        await payment.TellAsync(cancelled.Reserved, cancelled.Placed, rejected.Placed, rejected.Reserved);

        foreach (var order in new[] { cancelled, rejected })
        {
            var token = payment.Authority.ShopperToken(order.AccountId);
            var view = await Eventually.Value(() => GetAsync(order, token), _ => true);
            (view.Status, view.AmountKrw).ShouldBe(("cancelled", order.TotalKrw));
            (await payment.WrittenAsync(order.Id)).ShouldBeEmpty();
            (await payment.Books.LedgerAsync(order.Id)).Charges.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_captured_order_that_is_cancelled_gets_its_money_back_once()
    {
        var order = TestOrder.With();
        await payment.TellAsync(order.Placed, order.Reserved);
        await payment.WaitForStateAsync(order.Id, "captured");
        await payment.TellAsync(order.Cancelled, order.Cancelled);

        var refunded = await payment.Events.WaitForAsync<PaymentRefunded>(order.Id);
        refunded.AmountKrw.ShouldBe(order.TotalKrw);
        await payment.TellAsync(order.Cancelled, order.Placed);
        (await GetAsync(order, payment.Authority.AdminToken())).Status.ShouldBe("refunded");
        await HandledAllAsync();
        (await payment.WrittenAsync(order.Id)).ShouldBe(["captured", "refunded"]);
        var ledger = await payment.Books.LedgerAsync(order.Id);
        (ledger.Charges.Count, ledger.Refunds.Count, ledger.BalanceKrw).ShouldBe((1, 1, 0));
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("timeout")]
    [InlineData("flaky")]
    public async Task An_order_cancelled_while_the_provider_is_asked_keeps_no_money(string fault)
    {
        var order = TestOrder.With(fault);
        await payment.TellAsync(order.Placed, order.Reserved);
        await payment.WaitForStateAsync(order.Id, "charging");
        await payment.TellAsync(order.Cancelled);

        await payment.WaitForStateAsync(order.Id, "refunded", TimeSpan.FromSeconds(30));
        (await payment.WrittenAsync(order.Id)).ShouldBe(["captured", "refunded"]);
        var ledger = await payment.Books.LedgerAsync(order.Id);
        (ledger.Charges.Count, ledger.Refunds.Count, ledger.BalanceKrw).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task A_total_that_the_lines_do_not_make_is_declined_without_asking_the_provider()
    {
        var order = new TestOrder(ProviderClient.Token(), TotalKrw: 1);
        await payment.TellAsync(order.Placed, order.Reserved);

        (await payment.Events.WaitForAsync<PaymentDeclined>(order.Id)).Code.ShouldBe("AMOUNT_MISMATCH");
        (await payment.Books.LedgerAsync(order.Id)).Charges.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_replicas_charge_many_orders_once_each()
    {
        await using var replica = payment.StartReplica();
        var orders = Enumerable.Range(0, 200).Select(i => TestOrder.With(i % 10 == 0 ? "decline" : "")).ToList();
        await Task.WhenAll(orders.Select(order => payment.TellAsync(order.Placed, order.Reserved)));
        await Task.WhenAll(orders.Where((_, i) => i % 4 == 1).Select(order => payment.TellAsync(order.Cancelled)));

        for (var i = 0; i < orders.Count; i++)
        {
            var order = orders[i];
            string[] ends =
                i % 10 == 0 ? ["declined"]
                : i % 4 == 1 ? ["refunded", "cancelled"]
                : ["captured"];
            var state = await Eventually.Value(() => payment.StateAsync(order.Id), ends.Contains);
            var ledger = await payment.Books.LedgerAsync(order.Id);
            ledger.Charges.Count.ShouldBe(state is "captured" or "refunded" ? 1 : 0, state);
            ledger.Refunds.Count.ShouldBe(state == "refunded" ? 1 : 0, state);
        }
    }

    [Fact]
    public async Task Only_the_owner_and_admins_see_a_payment()
    {
        var order = TestOrder.With();
        await payment.TellAsync(order.Placed);
        await payment.WaitForStateAsync(order.Id, "waiting");

        (await GetAsync(order, payment.Authority.ShopperToken(order.AccountId))).Status.ShouldBe("pending");
        (await GetAsync(order, payment.Authority.AdminToken())).AmountKrw.ShouldBe(order.TotalKrw);
        await ShouldBeHidden(order, payment.Authority.ShopperToken(Guid.NewGuid()), HttpStatusCode.NotFound);
        await ShouldBeHidden(order, payment.Authority.FarmerToken(Guid.NewGuid()), HttpStatusCode.NotFound);
        await ShouldBeHidden(order, null, HttpStatusCode.Unauthorized);
        await ShouldBeHidden(
            order,
            payment.Authority.ForgedToken(order.AccountId, "admin"),
            HttpStatusCode.Unauthorized
        );
    }

    private async Task<PaymentView> GetAsync(TestOrder order, string token)
    {
        using var client = payment.Service.Client(token);
        using var response = await client.GetAsync($"payments/{order.Id}");
        return await response.ReadAsync<PaymentView>();
    }

    private async Task ShouldBeHidden(TestOrder order, string? token, HttpStatusCode status)
    {
        using var client = payment.Service.Client(token);
        using var response = await client.GetAsync($"payments/{order.Id}");
        await response.ShouldBeProblemAsync(status);
    }

    /// <summary>Once these orders are known, everything told before them was handled: some fall into every partition.</summary>
    private async Task HandledAllAsync()
    {
        var last = Enumerable.Range(0, 32).Select(_ => TestOrder.With()).ToList();
        await Task.WhenAll(last.Select(order => payment.TellAsync(order.Cancelled)));
        foreach (var order in last)
        {
            await payment.WaitForStateAsync(order.Id, "cancelled");
        }
    }
}
