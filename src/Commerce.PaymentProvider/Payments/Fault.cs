namespace Commerce.PaymentProvider.Payments;

/// <summary>What a token asks for by how it goes on after <c>tok_</c>.</summary>
internal enum Fault
{
    None,

    /// <summary>Refused with <c>REJECT_CARD_PAYMENT</c>.</summary>
    Decline,

    /// <summary>Charged, then no answer: the connection hangs. Asked again with the same key, it answers.</summary>
    Timeout,

    /// <summary>Paid after 5 s.</summary>
    Slow,

    /// <summary>Two failures (500), then paid.</summary>
    Flaky,
}

internal static class Faults
{
    public static Fault Of(string token) =>
        token switch
        {
            _ when token.StartsWith("tok_decline", StringComparison.Ordinal) => Fault.Decline,
            _ when token.StartsWith("tok_timeout", StringComparison.Ordinal) => Fault.Timeout,
            _ when token.StartsWith("tok_slow", StringComparison.Ordinal) => Fault.Slow,
            _ when token.StartsWith("tok_flaky", StringComparison.Ordinal) => Fault.Flaky,
            _ => Fault.None,
        };
}
