extern alias provider;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Commerce.Payment.Tests.Provider;

public sealed class MockProviderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-provider-").FullName;
    private readonly ServiceHost<provider::Program> _host;
    private readonly ProviderClient _provider;
    private readonly Guid _order = Guid.NewGuid();

    public MockProviderTests()
    {
        _host = new ServiceHost<provider::Program>(Settings).Listen();
        _provider = new ProviderClient(_host.Address);
    }

    private Dictionary<string, string?> Settings =>
        new(StringComparer.Ordinal)
        {
            ["PaymentProvider:SecretKey"] = ProviderClient.SecretKey,
            ["PaymentProvider:DataFile"] = Path.Combine(_folder, "ledger.jsonl"),
            ["Logging:LogLevel:Default"] = "Warning",
        };

    [Fact]
    public async Task A_payment_is_confirmed_and_cancelled_in_the_shapes_of_Toss_Payments()
    {
        using var confirmed = await _provider.ConfirmAsync(ProviderClient.Token(), _order, 39_000);
        var payment = await (await confirmed.ShouldBeAsync(HttpStatusCode.OK)).JsonAsync();
        payment.Text("status").ShouldBe("DONE");
        payment.Text("orderId").ShouldBe($"{_order}");
        payment.Text("currency").ShouldBe("KRW");
        payment.GetProperty("totalAmount").GetInt64().ShouldBe(39_000);
        payment.GetProperty("balanceAmount").GetInt64().ShouldBe(39_000);
        payment.Text("approvedAt")!.ShouldEndWith("+09:00");
        payment.TryGetProperty("cancels", out _).ShouldBeFalse();

        using var cancelled = await _provider.CancelAsync(payment.Text("paymentKey")!);
        var after = await (await cancelled.ShouldBeAsync(HttpStatusCode.OK)).JsonAsync();
        after.Text("status").ShouldBe("CANCELED");
        after.GetProperty("balanceAmount").GetInt64().ShouldBe(0);
        var cancel = after.GetProperty("cancels")[0];
        cancel.GetProperty("cancelAmount").GetInt64().ShouldBe(39_000);
        cancel.Text("cancelReason").ShouldBe("시험");

        using var found = await _provider.Http.GetAsync($"v1/payments/{payment.Text("paymentKey")}");
        (await found.JsonAsync()).Text("status").ShouldBe("CANCELED");
        using var byOrder = await _provider.Http.GetAsync($"v1/payments/orders/{_order}");
        (await byOrder.JsonAsync()).Text("paymentKey").ShouldBe(payment.Text("paymentKey"));
    }

    [Fact]
    public async Task Every_movement_of_money_is_listed_once_page_by_page()
    {
        const string today = "startDate=2020-01-01T00:00:00&endDate=2099-01-01T00:00:00";
        using var confirmed = await _provider.ConfirmAsync(ProviderClient.Token(), _order, 39_000);
        using var other = await _provider.ConfirmAsync(ProviderClient.Token(), Guid.NewGuid(), 1_000);
        using var cancelled = await _provider.CancelAsync((await confirmed.JsonAsync()).Text("paymentKey")!);

        var listed = new List<JsonElement>();
        for (string? after = null; ; after = listed[^1].Text("transactionKey"))
        {
            using var answer = await _provider.Http.GetAsync($"v1/transactions?{today}&limit=2&startingAfter={after}");
            var page = (await answer.JsonAsync()).EnumerateArray().ToList();
            if (page.Count == 0)
            {
                break;
            }

            listed.AddRange(page);
        }

        listed.Select(line => line.Text("status")).ShouldBe(["DONE", "DONE", "CANCELED"]);
        listed[2].Text("orderId").ShouldBe($"{_order}");
        listed[0].Text("transactionAt")!.ShouldEndWith("+09:00");
        using var past = await _provider.Http.GetAsync("v1/transactions?startDate=2020-01-01&endDate=2020-02-01");
        (await past.JsonAsync()).GetArrayLength().ShouldBe(0);
        using var bad = await _provider.Http.GetAsync("v1/transactions?startDate=yesterday");
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_same_key_gets_the_first_answer_and_another_key_learns_that_it_is_paid()
    {
        var token = ProviderClient.Token();
        using var first = await _provider.ConfirmAsync(token, _order, 1_000, "a");
        using var again = await _provider.ConfirmAsync(token, _order, 1_000, "a");
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());

        using var other = await _provider.ConfirmAsync(token, _order, 1_000, "b");
        await ShouldRefuse(other, HttpStatusCode.BadRequest, "ALREADY_PROCESSED_PAYMENT");
        (await _provider.LedgerAsync(_order)).Charges.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_who_ask_at_once_charge_once()
    {
        var token = ProviderClient.Token();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => _provider.ConfirmAsync(token, _order, 1_000, i % 2 == 0 ? "a" : "b"))
        );
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBeGreaterThan(0);
        (await _provider.LedgerAsync(_order)).BalanceKrw.ShouldBe(1_000);
    }

    [Fact]
    public async Task A_refund_happens_once_however_it_is_asked_for()
    {
        using var paid = await _provider.ConfirmAsync(ProviderClient.Token(), _order, 1_000);
        var key = (await paid.JsonAsync()).Text("paymentKey")!;
        using var first = await _provider.CancelAsync(key, "refund");
        using var again = await _provider.CancelAsync(key, "refund");
        using var other = await _provider.CancelAsync(key);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await ShouldRefuse(other, HttpStatusCode.BadRequest, "ALREADY_CANCELED_PAYMENT");
        var ledger = await _provider.LedgerAsync(_order);
        (ledger.Refunds.Count, ledger.BalanceKrw).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_declining_token_is_refused_and_nothing_is_charged()
    {
        using var refused = await _provider.ConfirmAsync(ProviderClient.Token("decline"), _order, 1_000);
        await ShouldRefuse(refused, HttpStatusCode.Forbidden, "REJECT_CARD_PAYMENT");
        (await _provider.LedgerAsync(_order)).Charges.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flaky_token_fails_twice_and_then_pays()
    {
        var token = ProviderClient.Token("flaky");
        for (var i = 0; i < 2; i++)
        {
            using var failed = await _provider.ConfirmAsync(token, _order, 1_000);
            failed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        }

        using var paid = await _provider.ConfirmAsync(token, _order, 1_000);
        paid.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_timeout_token_is_charged_without_an_answer_and_answers_the_second_time()
    {
        var token = ProviderClient.Token("timeout");
        using var patience = new CancellationTokenSource();
        var hanging = _provider.ConfirmAsync(token, _order, 1_000, "a", patience.Token);
        await Eventually.True(async () => (await _provider.LedgerAsync(_order)).Charges.Count == 1);
        hanging.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(hanging);

        using var again = await _provider.ConfirmAsync(token, _order, 1_000, "a");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _provider.LedgerAsync(_order)).Charges.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_token_takes_five_seconds_and_the_same_key_is_told_to_wait()
    {
        var token = ProviderClient.Token("slow");
        var started = Stopwatch.GetTimestamp();
        // Whichever arrives first is the slow one; the other finds it in flight.
        var answers = await Task.WhenAll(
            _provider.ConfirmAsync(token, _order, 1_000, "a"),
            _provider.ConfirmAsync(token, _order, 1_000, "a")
        );
        answers
            .Select(answer => answer.StatusCode)
            .ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict], ignoreOrder: true);
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(4.9));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Without_the_secret_key_nothing_is_answered(string? key)
    {
        _provider.Http.DefaultRequestHeaders.Authorization = key is null ? null : ProviderClient.Basic(key);
        using var confirm = await _provider.ConfirmAsync(ProviderClient.Token(), _order, 1_000);
        await ShouldRefuse(confirm, HttpStatusCode.Unauthorized, "UNAUTHORIZED_KEY");
        using var ledger = await _provider.Http.GetAsync("v1/ledger");
        ledger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("", 1_000)]
    [InlineData("tok_x", 0)]
    [InlineData("tok_x", -5)]
    public async Task What_is_missing_or_senseless_is_refused(string token, long amount)
    {
        using var refused = await _provider.ConfirmAsync(token, _order, amount);
        await ShouldRefuse(refused, HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task An_unknown_payment_cannot_be_cancelled()
    {
        using var refused = await _provider.CancelAsync("pay_unknown");
        await ShouldRefuse(refused, HttpStatusCode.NotFound, "NOT_FOUND_PAYMENT");
    }

    [Fact]
    public async Task Charges_and_refunds_outlive_a_kill_even_in_the_middle_of_a_line()
    {
        var settings = Settings;
        settings["PaymentProvider:DataFile"] = Path.Combine(_folder, "killed.jsonl");
        var refunded = Guid.NewGuid();
        var token = ProviderClient.Token();
        var child = await ChildProcess.StartAsync("Commerce.PaymentProvider", settings);
        await using (child)
        {
            using var provider = new ProviderClient(child.Address);
            using var kept = await provider.ConfirmAsync(token, _order, 1_000, "kept");
            using var gone = await provider.ConfirmAsync(token, refunded, 2_000);
            using var back = await provider.CancelAsync((await gone.JsonAsync()).Text("paymentKey")!);
            back.StatusCode.ShouldBe(HttpStatusCode.OK);
            await child.KillAsync();
        }

        await File.AppendAllTextAsync(settings["PaymentProvider:DataFile"]!, """{"kind":"charged","paymentK""");
        await using var next = new ServiceHost<provider::Program>(settings).Listen();
        using var after = new ProviderClient(next.Address);
        (await after.LedgerAsync(_order)).BalanceKrw.ShouldBe(1_000);
        var ledger = await after.LedgerAsync(refunded);
        (ledger.Charges.Count, ledger.Refunds.Count, ledger.BalanceKrw).ShouldBe((1, 1, 0));
        using var again = await after.ConfirmAsync(token, _order, 1_000, "kept");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await after.LedgerAsync(_order)).Charges.Count.ShouldBe(1);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task ShouldRefuse(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        await response.ShouldBeAsync(status);
        (await response.JsonAsync()).Text("code").ShouldBe(code);
    }
}
