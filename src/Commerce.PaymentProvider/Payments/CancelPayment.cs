using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Protocol;

namespace Commerce.PaymentProvider.Payments;

/// <summary>POST /v1/payments/{paymentKey}/cancel. <paramref name="CancelAmount"/> in whole KRW; null means all, and only all is taken here.</summary>
internal sealed record CancelRequest(string? CancelReason = null, long? CancelAmount = null);

internal static class CancelPayment
{
    public static void MapCancelPayment(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/payments/{paymentKey}/cancel", Handle);

    private static async Task<IResult> Handle(
        string paymentKey,
        CancelRequest request,
        HttpRequest http,
        LedgerService books
    )
    {
        if (string.IsNullOrEmpty(request.CancelReason))
        {
            return ProviderError.InvalidRequest("cancelReason은 필수 파라미터 입니다.");
        }

        var found = books.FindByPaymentKey(paymentKey);
        if (found is null)
        {
            return ProviderError.NotFound();
        }

        if (request.CancelAmount is { } amount && amount != found.Payment.Charge.Amount)
        {
            return new ProviderError("NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.").As(403);
        }

        // Without a key every request is a new one.
        var key = http.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : $"{Guid.NewGuid()}";
        var booking = books.Refund(paymentKey, request.CancelReason, key)!;
        await booking.Durable;
        return booking.Payment.Refund!.IdempotencyKey == key
            ? Results.Ok(Payment.From(booking.Payment))
            : new ProviderError("ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.").As(400);
    }
}
