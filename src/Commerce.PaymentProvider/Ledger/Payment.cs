namespace Commerce.PaymentProvider.Ledger;

internal static class PaymentStatus
{
    public const string Done = "DONE";
    public const string Canceled = "CANCELED";
}

/// <summary>The part of Toss Payments' Payment object that a merchant reads. Amounts in whole KRW, times in Korean time.</summary>
internal sealed record Payment(
    string MId,
    string Version,
    string PaymentKey,
    string OrderId,
    string Status,
    string Method,
    string Currency,
    long TotalAmount,
    long BalanceAmount,
    string LastTransactionKey,
    DateTimeOffset RequestedAt,
    DateTimeOffset ApprovedAt,
    IReadOnlyList<Cancel>? Cancels
)
{
    public static Payment From(PaymentRecord record)
    {
        var (charge, refund) = record;
        return new Payment(
            "commerce-mock",
            "2022-11-16",
            charge.PaymentKey,
            charge.OrderId,
            record.Status,
            "카드",
            "KRW",
            charge.Amount,
            charge.Amount - (refund?.Amount ?? 0),
            (refund ?? charge).TransactionKey,
            Korean(charge.At),
            Korean(charge.At),
            refund is null
                ? null
                : [new Cancel(refund.TransactionKey, refund.Amount, refund.Reason ?? "", Korean(refund.At), "DONE")]
        );
    }

    private static DateTimeOffset Korean(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(9));
}

/// <summary>One cancellation of a payment. Whole KRW.</summary>
internal sealed record Cancel(
    string TransactionKey,
    long CancelAmount,
    string CancelReason,
    DateTimeOffset CanceledAt,
    string CancelStatus
);
