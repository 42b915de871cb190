using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Protocol;

namespace Commerce.PaymentProvider.Payments;

/// <summary>GET /v1/payments/{paymentKey} and GET /v1/payments/orders/{orderId}.</summary>
internal static class GetPayment
{
    public static void MapGetPayment(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(
            "/payments/{paymentKey}",
            (string paymentKey, LedgerService books) => Answer(books.FindByPaymentKey(paymentKey))
        );
        endpoints.MapGet(
            "/payments/orders/{orderId}",
            (string orderId, LedgerService books) => Answer(books.FindByOrder(orderId))
        );
    }

    private static async Task<IResult> Answer(LedgerEntry? booking)
    {
        if (booking is null)
        {
            return ProviderError.NotFound();
        }

        await booking.Durable;
        return Results.Ok(Payment.From(booking.Payment));
    }
}
