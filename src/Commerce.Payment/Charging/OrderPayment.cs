namespace Commerce.Payment.Charging;

/// <summary>Where the money of an order is.</summary>
internal enum PaymentState
{
    /// <summary>The order, the reservation or both are still missing. With a payment key: money of a forgotten time is there.</summary>
    Waiting,

    /// <summary>Intent to charge: committed, the provider not asked yet.</summary>
    Pending,

    /// <summary>The provider was asked at least once and what it did is not known yet.</summary>
    Charging,

    /// <summary>The money is ours.</summary>
    Captured,

    /// <summary>The provider refused; nothing was taken.</summary>
    Declined,

    /// <summary>The money is ours and has to go back.</summary>
    Refunding,

    /// <summary>The money is back.</summary>
    Refunded,

    /// <summary>The order ended before the provider was asked.</summary>
    Cancelled,
}

/// <summary>An order's payment. Amounts in whole KRW.</summary>
internal sealed record OrderPayment
{
    public required Guid OrderId { get; init; }

    /// <summary>Also the Idempotency-Key of the charge, so it never changes.</summary>
    public required Guid PaymentId { get; init; }

    public PaymentState State { get; init; }

    /// <summary>Null until the order itself arrived.</summary>
    public Guid? AccountId { get; init; }

    public long? AmountKrw { get; init; }

    public string? Token { get; init; }

    public bool Reserved { get; init; }

    /// <summary>The order was cancelled or rejected.</summary>
    public bool Closed { get; init; }

    /// <summary>The provider's id of the payment.</summary>
    public string? PaymentKey { get; init; }

    public long? CapturedKrw { get; init; }

    public DateTimeOffset? CapturedAt { get; init; }

    public DateTimeOffset? RefundedAt { get; init; }

    /// <summary>Why it was declined: the provider's code, or <see cref="PaymentDecider.AmountMismatch"/>.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>Calls to the provider in the present state.</summary>
    public int Attempts { get; init; }

    /// <summary>When a worker may take it, counted from the commit; null leaves the lease that there is.</summary>
    public TimeSpan? DueIn { get; init; }

    public bool HasWork => State is PaymentState.Pending or PaymentState.Charging or PaymentState.Refunding;
}
