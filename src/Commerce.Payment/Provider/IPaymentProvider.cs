namespace Commerce.Payment.Provider;

/// <summary>
/// Takes money and gives it back, in the shape of Toss Payments. Nothing is tried again in here: whoever gets no answer asks
/// again with the same key, and the provider does it once.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>Takes the money, or says again what became of it.</summary>
    Task<ProviderAnswer> ConfirmAsync(ConfirmRequest request, CancellationToken cancellationToken);

    /// <summary>Gives all of the money back, or says again that it did.</summary>
    Task<ProviderAnswer> CancelAsync(CancelRequest request, CancellationToken cancellationToken);

    /// <summary>What moved money since then, oldest first, behind a transaction; empty at the end, null without a usable answer.</summary>
    Task<IReadOnlyList<ProviderTransaction>?> TransactionsAsync(
        DateTimeOffset since,
        string? after,
        CancellationToken cancellationToken
    );
}

/// <param name="Token">The shopper's means of payment.</param>
internal sealed record ConfirmRequest(Guid OrderId, string IdempotencyKey, string Token, long AmountKrw);

/// <param name="PaymentKey">The provider's id of the payment.</param>
internal sealed record CancelRequest(Guid OrderId, string IdempotencyKey, string PaymentKey);

/// <summary>The payment as the provider has it, or why it refuses; neither when there was no usable answer.</summary>
internal readonly record struct ProviderAnswer(ProviderPayment? Payment, ProviderRefusal? Refusal)
{
    public static readonly ProviderAnswer None;
}

/// <summary>Amounts in whole units of <paramref name="Currency"/>.</summary>
/// <param name="Status"><c>READY IN_PROGRESS WAITING_FOR_DEPOSIT DONE CANCELED PARTIAL_CANCELED ABORTED EXPIRED</c>.</param>
internal sealed record ProviderPayment(
    string PaymentKey,
    string OrderId,
    string Status,
    string Currency,
    long TotalAmount,
    DateTimeOffset? ApprovedAt,
    IReadOnlyList<ProviderCancellation>? Cancels
);

internal sealed record ProviderCancellation(long CancelAmount, DateTimeOffset CanceledAt);

/// <summary>The provider will not do it, and says why in its own code.</summary>
internal sealed record ProviderRefusal(string Code, string Message);

/// <summary>One movement of money in the provider's books.</summary>
/// <param name="Status"><c>DONE</c> when it was taken, <c>CANCELED</c> when it went back, and others that move nothing.</param>
internal sealed record ProviderTransaction(
    string TransactionKey,
    string PaymentKey,
    string OrderId,
    string Status,
    string Currency,
    long Amount,
    DateTimeOffset TransactionAt
);
