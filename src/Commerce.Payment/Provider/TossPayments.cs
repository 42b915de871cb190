using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Payment.Provider;

/// <summary>POST /v1/payments/confirm. Amount in whole KRW.</summary>
internal sealed record TossConfirm(string PaymentKey, string OrderId, long Amount);

/// <summary>POST /v1/payments/{paymentKey}/cancel; without an amount everything goes back.</summary>
internal sealed record TossCancel(string CancelReason);

/// <summary>The part of Toss Payments' Payment object that we read. Amounts in whole units of <paramref name="Currency"/>.</summary>
/// <param name="Status"><c>READY IN_PROGRESS WAITING_FOR_DEPOSIT DONE CANCELED PARTIAL_CANCELED ABORTED EXPIRED</c>.</param>
internal sealed record TossPayment(
    string PaymentKey,
    string OrderId,
    string Status,
    string Currency,
    long TotalAmount,
    DateTimeOffset? ApprovedAt,
    IReadOnlyList<TossCancellation>? Cancels
);

internal sealed record TossCancellation(long CancelAmount, DateTimeOffset CanceledAt);

/// <summary>One movement of money: a line of GET /v1/transactions.</summary>
/// <param name="Status"><c>DONE</c> when it was taken, <c>CANCELED</c> when it went back, and others that move nothing.</param>
internal sealed record TossTransaction(
    string TransactionKey,
    string PaymentKey,
    string OrderId,
    string Status,
    string Currency,
    long Amount,
    DateTimeOffset TransactionAt
);

/// <summary>Every refusal's body.</summary>
internal sealed record TossError(string Code, string Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TossConfirm))]
[JsonSerializable(typeof(TossCancel))]
[JsonSerializable(typeof(TossPayment))]
[JsonSerializable(typeof(TossTransaction[]))]
[JsonSerializable(typeof(TossError))]
internal sealed partial class TossJson : JsonSerializerContext;
