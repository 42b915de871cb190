using Commerce.Payment.Provider;

namespace Commerce.Payment.Charging;

/// <summary>What the provider's words mean to a payment; null when they mean nothing and it has to be asked again.</summary>
internal static class ProviderAnswers
{
    private const string Krw = "KRW";

    /// <summary><see cref="PaymentInput.Charged"/>, <see cref="PaymentInput.Refused"/> or null.</summary>
    public static PaymentInput? ToCharge(OrderPayment payment, ProviderAnswer answer) =>
        answer switch
        {
            { Refusal: { } refusal } => new PaymentInput.Refused(refusal.Code, refusal.Message),
            { Payment: { } found } when found.Currency == Krw => found.Status switch
            {
                "DONE" => new PaymentInput.Charged(found.PaymentKey, found.TotalAmount, At(found.ApprovedAt)),
                "ABORTED" or "EXPIRED" or "CANCELED" => new PaymentInput.Refused(
                    $"PAYMENT_{found.Status}",
                    "The provider ended the payment without taking money."
                ),
                _ => null,
            },
            // In another money: not an answer to what was asked.
            _ => null,
        };

    /// <summary><see cref="PaymentInput.Refunded"/> or null.</summary>
    public static PaymentInput? ToRefund(ProviderAnswer answer) =>
        answer.Payment is { Status: "CANCELED" } found
            ? new PaymentInput.Refunded(At(found.Cancels is [.., var last] ? last.CanceledAt : null))
            : null;

    /// <summary>What the provider's books say about a payment; null when it moved no money of ours.</summary>
    public static PaymentUpdate? ToUpdate(ProviderTransaction transaction)
    {
        if (!Guid.TryParse(transaction.OrderId, out var order) || transaction.Currency != Krw)
        {
            return null;
        }

        PaymentInput? input = transaction.Status switch
        {
            "DONE" => new PaymentInput.FoundCharged(
                transaction.PaymentKey,
                transaction.Amount,
                transaction.TransactionAt.ToUniversalTime()
            ),
            "CANCELED" => new PaymentInput.FoundRefunded(transaction.TransactionAt.ToUniversalTime()),
            _ => null,
        };
        return input is null ? null : new PaymentUpdate(order, input, TraceParent: null);
    }

    // The provider's time is Korean. When it says none, it was just now.
    private static DateTimeOffset At(DateTimeOffset? at) => at?.ToUniversalTime() ?? DateTimeOffset.UtcNow;
}
