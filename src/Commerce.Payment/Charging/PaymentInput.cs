namespace Commerce.Payment.Charging;

/// <summary>What a payment learns, from the other services or from the provider.</summary>
internal abstract record PaymentInput
{
    /// <param name="Agrees">Whether the lines of the order add up to the amount.</param>
    internal sealed record OrderPlaced(Guid AccountId, long AmountKrw, string Token, bool TotalMatchesLines)
        : PaymentInput;

    internal sealed record StockReserved : PaymentInput;

    internal sealed record OrderClosed : PaymentInput;

    /// <summary>An admin gives the money of a delivered order back.</summary>
    internal sealed record RefundAsked : PaymentInput;

    internal sealed record Charged(string PaymentKey, long AmountKrw, DateTimeOffset At) : PaymentInput;

    internal sealed record Refused(string Code, string Message) : PaymentInput;

    internal sealed record Refunded(DateTimeOffset At) : PaymentInput;

    /// <summary>In the provider's books, which remember what a restored database has forgotten: it has this money.</summary>
    internal sealed record FoundCharged(string PaymentKey, long AmountKrw, DateTimeOffset At) : PaymentInput;

    /// <summary>In the provider's books: what it had taken is back.</summary>
    internal sealed record FoundRefunded(DateTimeOffset At) : PaymentInput;

    /// <summary>No usable answer: ask again with the same key.</summary>
    internal sealed record Unanswered(TimeSpan AskAgainIn) : PaymentInput;

    /// <summary>A worker takes the payment, to ask the provider. It owns it for so long.</summary>
    internal sealed record Leased(TimeSpan Lease) : PaymentInput;
}
