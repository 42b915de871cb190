using System.Globalization;

namespace Commerce.Payment.Tests.Charging;

/// <summary>Its own process in the fixture only listens to events; the calls are made by processes that are killed.</summary>
public sealed class IdlePaymentFixture : PaymentFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(base.Settings, StringComparer.Ordinal) { ["Payment:Concurrency"] = "0" };

    /// <summary>As the fixture's own, but working, with short leases and everything logged.</summary>
    internal Dictionary<string, string?> WorkerSettings(Uri provider) =>
        new(base.Settings, StringComparer.Ordinal)
        {
            ["ConnectionStrings:paymentdb"] = Infrastructure.Database,
            ["ConnectionStrings:kafka"] = Infrastructure.Kafka.ConnectionString,
            ["Messaging:Broker"] = "Embedded",
            ["Authentication:Authority"] = Authority.Address,
            ["PaymentProvider:BaseAddress"] = provider.ToString(),
            ["PaymentProvider:Timeout"] = "00:00:30",
            ["Payment:Lease"] = "00:00:01",
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:System.Net.Http"] = "Trace",
            ["Logging:LogLevel:Npgsql"] = "Trace",
        };
}

public sealed class PaymentWorkerCrashTests(IdlePaymentFixture payment) : IClassFixture<IdlePaymentFixture>
{
    [Fact]
    [Trait("CrashPoint", "after the charge, before its result is stored")]
    public async Task A_worker_killed_between_the_charge_and_its_result_charges_once_and_logs_no_token()
    {
        var order = TestOrder.With("timeout");
        var settings = payment.WorkerSettings(payment.ProviderAddress);
        var log = "";
        await using (var worker = await ChildProcess.StartAsync("Commerce.Payment", settings))
        {
            await payment.TellAsync(order.Placed, order.Reserved);
            await Eventually.True(async () => (await payment.Books.LedgerAsync(order.Id)).Charges.Count == 1);
            log = worker.Log;
            await worker.KillAsync();
        }

        (await payment.StateAsync(order.Id)).ShouldBe("charging");
        await using var next = await ChildProcess.StartAsync("Commerce.Payment", settings);
        await payment.WaitForStateAsync(order.Id, "captured");
        (await payment.WrittenAsync(order.Id)).ShouldBe(["captured"]);
        (await payment.Books.LedgerAsync(order.Id)).Charges.Count.ShouldBe(1);
        log.ShouldContain("dbug:", Case.Sensitive, "everything is logged, so a token would be");
        (log + next.Log).ShouldNotContain(order.Token);
    }

    [Fact]
    [Trait("CrashPoint", "after the charge, before the provider answers")]
    public async Task A_provider_killed_after_charging_answers_for_it_when_it_is_back()
    {
        var settings = payment.ProviderSettings;
        settings["PaymentProvider:DataFile"] = Path.Combine(
            Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"commerce-{Guid.NewGuid():N}.jsonl")
        );
        var order = TestOrder.With("timeout");
        var other = TestOrder.With();
        var provider = await ChildProcess.StartAsync("Commerce.PaymentProvider", settings);
        await using (provider)
        {
            using var books = new ProviderClient(provider.Address);
            await using var worker = await ChildProcess.StartAsync(
                "Commerce.Payment",
                payment.WorkerSettings(provider.Address)
            );
            await payment.TellAsync(order.Placed, order.Reserved);
            await Eventually.True(async () => (await books.LedgerAsync(order.Id)).Charges.Count == 1);
            await provider.KillAsync();

            // What comes while it is away waits for it.
            await payment.TellAsync(other.Placed, other.Reserved);
            await payment.WaitForStateAsync(other.Id, "charging");

            await using var back = await ChildProcess.StartAsync(
                "Commerce.PaymentProvider",
                settings,
                provider.Address
            );
            foreach (var paid in new[] { order, other })
            {
                await payment.WaitForStateAsync(paid.Id, "captured");
                (await books.LedgerAsync(paid.Id)).Charges.Count.ShouldBe(1);
            }
        }

        File.Delete(settings["PaymentProvider:DataFile"]!);
    }
}
