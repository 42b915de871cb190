using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Payment.Tests.Charging;

public sealed class RestoredPaymentFixture : PaymentFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal)
        {
            ["Payment:OrphansAfter"] = "00:00:01",
        };

    /// <summary>Makes a payment what it was before the provider was asked.</summary>
    internal Task SetBackAsync(TestOrder order) =>
        ExecuteAsync(
            """
            update payments
            set state = 'waiting', reserved = false, token = @Token, due_at = null,
                payment_key = null, captured_krw = null, captured_at = null
            where order_id = @Id
            """,
            new { order.Id, order.Token }
        );

    /// <summary>The payment's row was not there yet.</summary>
    internal Task ForgetAsync(TestOrder order) =>
        ExecuteAsync("delete from payments where order_id = @Id", new { order.Id });

    /// <summary>As a restored database looks to a service that starts on it: its log has another timeline.</summary>
    internal Task BeginTimelineAsync() => ExecuteAsync("update agreed set timeline = 0", new { });

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await Database.OpenConnectionAsync();
        (await connection.ExecuteAsync(sql, parameters)).ShouldBe(1);
    }
}

/// <summary>The database was set back to an earlier moment, the provider was not.</summary>
public sealed class ReconciliationTests(RestoredPaymentFixture payment) : IClassFixture<RestoredPaymentFixture>
{
    [Fact]
    public async Task What_the_provider_did_in_the_time_that_is_forgotten_is_known_before_anything_is_decided()
    {
        var orders = Enumerable.Range(0, 3).Select(_ => TestOrder.With()).ToList();
        foreach (var order in orders)
        {
            await payment.TellAsync(order.Placed, order.Reserved);
            await payment.WaitForStateAsync(order.Id, "captured");
        }

        var (ends, missing, refunded) = (orders[0], orders[1], orders[2]);
        await payment.SetBackAsync(ends);
        await payment.ForgetAsync(missing);
        await payment.TellAsync(missing.Placed);
        await payment.WaitForStateAsync(missing.Id, "waiting");
        var charge = (await payment.Books.LedgerAsync(refunded.Id)).Charges.Single();
        (await payment.Books.CancelAsync(charge.PaymentKey, "forgotten")).EnsureSuccessStatusCode();
        using var paid = await payment.Books.ConfirmAsync(ProviderClient.Token(), Guid.CreateVersion7(), 1_000);
        var orphan = Guid.Parse((await paid.JsonAsync()).Text("orderId")!);
        await payment.BeginTimelineAsync();

        await using var replica = payment.StartReplica();

        (await payment.StateAsync(refunded.Id)).ShouldBe("refunded");
        await payment.Events.WaitForAsync<PaymentRefunded>(refunded.Id);
        await payment.TellAsync(ends.Cancelled, missing.Reserved);
        await payment.WaitForStateAsync(ends.Id, "refunded");
        await payment.WaitForStateAsync(missing.Id, "captured");
        await payment.WaitForStateAsync(orphan, "refunded");
        (await payment.Books.LedgerAsync(ends.Id)).BalanceKrw.ShouldBe(0);
        (await payment.Books.LedgerAsync(orphan)).BalanceKrw.ShouldBe(0, "its order never came again");
        var ledger = await payment.Books.LedgerAsync(missing.Id);
        (ledger.Charges.Count, ledger.BalanceKrw).ShouldBe((1, missing.TotalKrw));
    }
}
