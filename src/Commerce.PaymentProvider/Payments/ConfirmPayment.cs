using System.Collections.Concurrent;
using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Protocol;

namespace Commerce.PaymentProvider.Payments;

/// <summary>POST /v1/payments/confirm. <paramref name="PaymentKey"/> is the shopper's token, the amount whole KRW.</summary>
internal sealed record ConfirmRequest(string? PaymentKey = null, string? OrderId = null, long Amount = 0);

internal static class ConfirmPayment
{
    private const int FlakyFailures = 2;
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(5);

    // How long a "timeout" holds the connection when the caller never gives up.
    private static readonly TimeSpan HangFor = TimeSpan.FromMinutes(2);

    public static void MapConfirmPayment(this IEndpointRouteBuilder endpoints)
    {
        var attempts = new Attempts();
        endpoints.MapPost(
            "/payments/confirm",
            (ConfirmRequest request, HttpContext context, LedgerService books) =>
                Handle(request, context, books, attempts)
        );
    }

    private static async Task<IResult> Handle(
        ConfirmRequest request,
        HttpContext context,
        LedgerService books,
        Attempts attempts
    )
    {
        // Without a key every request is a new one.
        var key = context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given
            ? given
            : $"{Guid.NewGuid()}";
        if (string.IsNullOrEmpty(request.PaymentKey) || string.IsNullOrEmpty(request.OrderId) || request.Amount <= 0)
        {
            return ProviderError.InvalidRequest("paymentKey, orderId, amount는 필수 파라미터 입니다.");
        }

        if (key.Length > 300)
        {
            return new ProviderError("INVALID_IDEMPOTENCY_KEY", "멱등키는 300자 이하여야 합니다.").As(400);
        }

        if (books.FindByOrder(request.OrderId) is { } earlier)
        {
            return await Answer(earlier, request, key);
        }

        var fault = Faults.Of(request.PaymentKey);
        if (fault == Fault.Decline)
        {
            return new ProviderError("REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족으로 결제에 실패했습니다.").As(403);
        }

        if (!attempts.TryBegin(key))
        {
            return new ProviderError("IDEMPOTENT_REQUEST_PROCESSING", "이전 멱등 요청이 처리중입니다.").As(409);
        }

        LedgerEntry booking;
        try
        {
            if (fault == Fault.Flaky && attempts.CountFailure(key) <= FlakyFailures)
            {
                return new ProviderError(
                    "FAILED_INTERNAL_SYSTEM_PROCESSING",
                    "내부 시스템 처리 작업이 실패했습니다."
                ).As(500);
            }

            if (fault == Fault.Slow)
            {
                // A provider goes on with what it has begun, whether or not the caller still listens.
                await Task.Delay(SlowFor, CancellationToken.None);
            }

            booking = books.Charge(request.OrderId, request.Amount, key);
            await booking.Durable;
        }
        finally
        {
            attempts.End(key);
        }

        if (fault == Fault.Timeout)
        {
            await HangAsync(context);
            context.Abort();
            return Results.Empty;
        }

        return await Answer(booking, request, key);
    }

    private static async Task HangAsync(HttpContext context)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(HangFor, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<IResult> Answer(LedgerEntry booking, ConfirmRequest request, string key)
    {
        await booking.Durable;
        var charge = booking.Payment.Charge;
        return charge.IdempotencyKey != key
                ? new ProviderError("ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.").As(400)
            : charge.Amount != request.Amount
                ? ProviderError.InvalidRequest("같은 멱등키로 다른 내용의 요청을 보낼 수 없습니다.")
            // The first answer again: what happened since (a refund) is not part of it.
            : Results.Ok(Payment.From(booking.Payment with { Refund = null }));
    }

    /// <summary>What needs no memory beyond the process: requests under way, and failures that a flaky token has had.</summary>
    private sealed class Attempts
    {
        private readonly ConcurrentDictionary<string, byte> _underWay = new();
        private readonly ConcurrentDictionary<string, int> _failures = new();

        public bool TryBegin(string key) => _underWay.TryAdd(key, 0);

        public void End(string key) => _underWay.TryRemove(key, out _);

        public int CountFailure(string key) => _failures.AddOrUpdate(key, 1, (_, failures) => failures + 1);
    }
}
