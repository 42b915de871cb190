using System.Net;
using Commerce.Data.Batches;
using Commerce.Payment.Charging;
using Commerce.Payment.Provider.Toss;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Payment.Tests.Provider;

/// <summary>What answers that the mock never gives mean to us: a server says them word for word.</summary>
public sealed class TossClientTests : IAsyncLifetime
{
    private readonly List<(string Path, string? Key, string? Authorization, string Body)> _requests = [];
    private readonly Dictionary<string, (int Status, string Body)> _answers = new(StringComparer.Ordinal);
    private readonly OrderPayment _payment = new()
    {
        OrderId = Guid.NewGuid(),
        PaymentId = Guid.NewGuid(),
        AmountKrw = 39_000,
        Token = "tok_0123456789abcdefghijklmn",
        PaymentKey = "key_1",
    };
    private readonly WebApplication _server;
    private string _query = "";
    private TossClient? _client;

    public TossClientTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    private string Confirm => "/v1/payments/confirm";

    private string ByOrder => $"/v1/payments/orders/{_payment.OrderId}";

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _client = new TossClient(
            new TossOptions(new Uri(_server.Urls.Single() + "/"), "sk_1", TimeSpan.FromSeconds(5)),
            NullLogger<TossClient>.Instance,
            TimeProvider.System
        );
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_asks_as_Toss_Payments_wants_to_be_asked()
    {
        Answer(Confirm, 200, Payment("DONE"));
        await ConfirmAsync();
        var (_, key, authorization, body) = _requests.Single();
        key.ShouldBe($"{_payment.PaymentId}");
        authorization.ShouldBe("Basic c2tfMTo=");
        body.ShouldBe(
            $$"""{"paymentKey":"tok_0123456789abcdefghijklmn","orderId":"{{_payment.OrderId}}","amount":39000}"""
        );
    }

    [Fact]
    public async Task A_done_payment_is_a_charge_of_the_answers_amount()
    {
        Answer(Confirm, 200, Payment("DONE", amount: 93_000));
        (await ConfirmAsync()).ShouldBe(
            new PaymentInput.Charged("key_1", 93_000, new DateTimeOffset(2026, 11, 21, 1, 0, 0, TimeSpan.Zero))
        );
    }

    [Theory]
    [InlineData(403, "REJECT_CARD_PAYMENT")]
    [InlineData(400, "INVALID_STOPPED_CARD")]
    [InlineData(404, "NOT_FOUND_PAYMENT_SESSION")]
    public async Task A_refusal_is_final(int status, string code)
    {
        Answer(Confirm, status, $$"""{"code":"{{code}}","message":"no"}""");
        (await ConfirmAsync()).ShouldBe(new PaymentInput.Refused(code, "no"));
    }

    [Theory]
    [InlineData(500, """{"code":"FAILED_INTERNAL_SYSTEM_PROCESSING","message":""}""")]
    [InlineData(502, "<html>Bad Gateway</html>")]
    [InlineData(404, "<html>not our provider</html>")]
    [InlineData(404, "{}")]
    [InlineData(409, """{"code":"IDEMPOTENT_REQUEST_PROCESSING","message":""}""")]
    [InlineData(429, """{"code":"TOO_MANY_REQUESTS","message":""}""")]
    [InlineData(401, """{"code":"UNAUTHORIZED_KEY","message":""}""")]
    [InlineData(403, """{"code":"FORBIDDEN_REQUEST","message":""}""")]
    [InlineData(302, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "ok")]
    public async Task A_failure_of_theirs_or_ours_is_asked_again(int status, string body)
    {
        Answer(Confirm, status, body);
        (await ConfirmAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("IN_PROGRESS")]
    [InlineData("WAITING_FOR_DEPOSIT")]
    public async Task A_payment_that_is_not_decided_is_asked_again(string status)
    {
        Answer(Confirm, 200, Payment(status));
        (await ConfirmAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_about_another_order_is_never_taken_for_ours()
    {
        Answer(Confirm, 200, Payment("DONE", orderId: $"{Guid.NewGuid()}"));
        (await ConfirmAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Already_processed_is_ours_only_if_the_order_says_so()
    {
        Answer(Confirm, 400, """{"code":"ALREADY_PROCESSED_PAYMENT","message":"paid"}""");
        Answer(ByOrder, 200, Payment("DONE"));
        (await ConfirmAsync()).ShouldBeOfType<PaymentInput.Charged>().AmountKrw.ShouldBe(39_000);

        Answer(ByOrder, 404, """{"code":"NOT_FOUND_PAYMENT","message":"none"}""");
        (await ConfirmAsync()).ShouldBe(new PaymentInput.Refused("ALREADY_PROCESSED_PAYMENT", "paid"));

        Answer(ByOrder, 500, "");
        (await ConfirmAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_refund_has_a_key_of_its_own_and_is_done_when_the_payment_is_cancelled()
    {
        Answer("/v1/payments/key_1/cancel", 200, Payment("CANCELED"));
        (await RefundAsync()).ShouldBe(
            new PaymentInput.Refunded(new DateTimeOffset(2026, 11, 21, 2, 0, 0, TimeSpan.Zero))
        );
        _requests.Single().Key.ShouldBe($"{_payment.PaymentId}-refund");
    }

    [Fact]
    public async Task A_refund_that_was_made_before_counts()
    {
        Answer("/v1/payments/key_1/cancel", 400, """{"code":"ALREADY_CANCELED_PAYMENT","message":""}""");
        Answer("/v1/payments/key_1", 200, Payment("CANCELED"));
        (await RefundAsync()).ShouldBeOfType<PaymentInput.Refunded>();
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(403, """{"code":"NOT_CANCELABLE_PAYMENT","message":""}""")]
    [InlineData(404, """{"code":"NOT_FOUND_PAYMENT","message":""}""")]
    public async Task A_refund_that_is_refused_stays_owed(int status, string body)
    {
        Answer("/v1/payments/key_1/cancel", status, body);
        (await RefundAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Its_books_are_asked_for_in_Korean_time_and_no_answer_is_not_an_empty_one()
    {
        var since = new DateTimeOffset(2026, 11, 21, 16, 0, 0, TimeSpan.Zero);
        Answer(
            "/v1/transactions",
            200,
            """
            [{"mId":"m","transactionKey":"t_1","paymentKey":"key_1","orderId":"o","method":"카드","status":"DONE",
              "transactionAt":"2026-11-22T02:00:00+09:00","currency":"KRW","amount":39000}]
            """
        );
        var page = await _client!.TransactionsAsync(since, "t_0", CancellationToken.None);
        page!.Single().TransactionAt.ShouldBe(since.AddHours(1));
        _query.ShouldContain("startDate=2026-11-22T01:00:00");
        _query.ShouldContain("startingAfter=t_0");

        Answer("/v1/transactions", 500, "");
        (await _client.TransactionsAsync(since, null, CancellationToken.None)).ShouldBeNull();
    }

    private async Task<PaymentInput?> ConfirmAsync() =>
        ProviderAnswers.ToCharge(
            _payment,
            await _client!.ConfirmAsync(
                new(_payment.OrderId, $"{_payment.PaymentId}", _payment.Token!, _payment.AmountKrw!.Value),
                CancellationToken.None
            )
        );

    private async Task<PaymentInput?> RefundAsync() =>
        ProviderAnswers.ToRefund(
            await _client!.CancelAsync(
                new(_payment.OrderId, $"{_payment.PaymentId}-refund", _payment.PaymentKey!),
                CancellationToken.None
            )
        );

    private void Answer(string path, int status, string body) => _answers[path] = (status, body);

    private string Payment(string status, long amount = 39_000, string? orderId = null) =>
        $$"""
            {"mId":"m","paymentKey":"key_1","orderId":"{{orderId ?? $"{_payment.OrderId}"}}","status":"{{status}}",
             "currency":"KRW","totalAmount":{{amount}},"approvedAt":"2026-11-21T10:00:00+09:00","card":{"number":"1234"},
             "cancels":[{"cancelAmount":{{amount}},"cancelReason":"x","canceledAt":"2026-11-21T11:00:00+09:00"}]}
            """;

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _requests.Add(
            (
                context.Request.Path,
                context.Request.Headers["Idempotency-Key"],
                context.Request.Headers.Authorization,
                await reader.ReadToEndAsync()
            )
        );
        _query = context.Request.QueryString.Value ?? "";
        var (status, body) = _answers.GetValueOrDefault(
            context.Request.Path,
            ((int)HttpStatusCode.NotImplemented, "not expected")
        );
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}
