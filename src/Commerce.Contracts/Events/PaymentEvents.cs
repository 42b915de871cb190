namespace Commerce.Contracts.Events;

/// <summary>The provider took the money (whole KRW). <paramref name="PaymentKey"/> is the provider's id of the payment. Key: order id.</summary>
public sealed record PaymentCaptured(
    Guid OrderId,
    Guid PaymentId,
    string PaymentKey,
    long AmountKrw,
    DateTimeOffset CapturedAt
);

/// <summary>The provider refused; nothing was taken. <paramref name="Code"/> is the provider's code, such as <c>REJECT_CARD_PAYMENT</c>. Key: order id.</summary>
public sealed record PaymentDeclined(Guid OrderId, Guid PaymentId, string Code, string Message);

/// <summary>The money went back in full. Key: order id.</summary>
public sealed record PaymentRefunded(Guid OrderId, Guid PaymentId, long AmountKrw, DateTimeOffset RefundedAt);
