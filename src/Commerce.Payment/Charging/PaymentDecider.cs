using Commerce.Contracts.Events;

namespace Commerce.Payment.Charging;

/// <summary>The rules of an order's money, as a pure function: <c>(payment, input) → (payment, event to publish)</c>.</summary>
/// <remarks>Inputs arrive in any order and more than once; what does not apply changes nothing.</remarks>
internal static class PaymentDecider
{
    public const string AmountMismatch = "AMOUNT_MISMATCH";
    public const string GivenBack = "PAYMENT_CANCELED";

    public static (OrderPayment Next, object? Publish) Apply(OrderPayment payment, PaymentInput input) =>
        (payment.State, input) switch
        {
            (_, PaymentInput.OrderPlaced placed) when payment.AccountId is null => Place(payment, placed),
            (_, PaymentInput.OrderPlaced) => (payment, RepeatAnswer(payment)),
            (PaymentState.Waiting, PaymentInput.StockReserved) => (Ready(payment with { Reserved = true }), null),

            // Taken in a time that a restore made us forget: asked again, the provider says the same again.
            (PaymentState.Waiting or PaymentState.Pending, PaymentInput.FoundCharged found) => (
                Taken(payment, found),
                null
            ),
            (PaymentState.Waiting or PaymentState.Pending, PaymentInput.OrderClosed)
                when payment.PaymentKey is not null => (Refund(payment with { Closed = true }), null),
            (PaymentState.Declined or PaymentState.Cancelled, PaymentInput.FoundCharged found) => (
                Refund(Taken(payment, found)),
                null
            ),
            (PaymentState.Waiting or PaymentState.Pending or PaymentState.Charging, PaymentInput.FoundRefunded) =>
                Decline(payment, GivenBack, "The money was taken and given back in a time that is forgotten here."),
            (PaymentState.Captured or PaymentState.Refunding, PaymentInput.FoundRefunded found) => Return(
                payment,
                found.At
            ),

            // Never asked: nothing can have been taken.
            (PaymentState.Waiting or PaymentState.Pending, PaymentInput.OrderClosed) => (
                Settle(payment with { Closed = true }, PaymentState.Cancelled),
                null
            ),
            // Asked: only the provider knows. Whatever it took goes back once it says so.
            (PaymentState.Charging, PaymentInput.OrderClosed) => (payment with { Closed = true }, null),
            (PaymentState.Captured, PaymentInput.OrderClosed) => (Refund(payment with { Closed = true }), null),

            // Asked for after delivery, so the money is there; asked again, the answer was late.
            (PaymentState.Captured, PaymentInput.RefundAsked) => (Refund(payment), null),
            (PaymentState.Refunded, PaymentInput.RefundAsked) => (payment, Refunded(payment)),

            // From here on the provider may have the money, whatever becomes of the call.
            (PaymentState.Pending, PaymentInput.Leased leased) => (
                Lease(payment with { State = PaymentState.Charging }, leased.Lease),
                null
            ),
            (PaymentState.Charging or PaymentState.Refunding, PaymentInput.Leased leased) => (
                Lease(payment, leased.Lease),
                null
            ),
            (PaymentState.Charging, PaymentInput.Charged charged) => Capture(payment, charged),
            (PaymentState.Declined or PaymentState.Cancelled, PaymentInput.Charged charged) => (
                Refund(Taken(payment, charged)),
                null
            ),
            (PaymentState.Charging, PaymentInput.Refused refused) => Decline(payment, refused.Code, refused.Message),
            (PaymentState.Refunding, PaymentInput.Refunded refunded) => Return(payment, refunded.At),
            (PaymentState.Charging or PaymentState.Refunding, PaymentInput.Unanswered unanswered) => (
                payment with
                {
                    DueIn = unanswered.AskAgainIn,
                },
                null
            ),
            _ => (payment, null),
        };

    private static OrderPayment Lease(OrderPayment payment, TimeSpan lease) =>
        payment with
        {
            Attempts = payment.Attempts + 1,
            DueIn = lease,
        };

    private static (OrderPayment, object?) Place(OrderPayment payment, PaymentInput.OrderPlaced placed)
    {
        var known = payment with { AccountId = placed.AccountId, AmountKrw = placed.AmountKrw };
        return payment.State != PaymentState.Waiting ? (known, null)
            : placed.TotalMatchesLines ? (Ready(known with { Token = placed.Token }), null)
            : Decline(known, AmountMismatch, "The order's lines do not add up to its total.");
    }

    private static OrderPayment Ready(OrderPayment payment) =>
        payment is { AccountId: not null, Reserved: true }
            ? payment with
            {
                State = PaymentState.Pending,
                DueIn = TimeSpan.Zero,
            }
            : payment;

    private static (OrderPayment, object?) Capture(OrderPayment payment, PaymentInput.Charged charged)
    {
        var taken = Taken(payment, charged);
        if (charged.AmountKrw != payment.AmountKrw)
        {
            const string message = "The provider took another amount than the order's total; it goes back.";
            var refunding = Refund(taken with { Code = AmountMismatch, Message = message });
            return (refunding, new PaymentDeclined(payment.OrderId, payment.PaymentId, AmountMismatch, message));
        }

        // Published even when it goes straight back: the order's timeline tells what happened to the money.
        return (payment.Closed ? Refund(taken) : Settle(taken, PaymentState.Captured), Captured(taken));
    }

    private static OrderPayment Taken(OrderPayment payment, PaymentInput.Charged charged) =>
        payment with
        {
            PaymentKey = charged.PaymentKey,
            CapturedKrw = charged.AmountKrw,
            CapturedAt = charged.At,
        };

    private static OrderPayment Taken(OrderPayment payment, PaymentInput.FoundCharged found) =>
        Taken(payment, new PaymentInput.Charged(found.PaymentKey, found.AmountKrw, found.At));

    private static (OrderPayment, object?) Decline(OrderPayment payment, string code, string message)
    {
        var declined = Settle(payment with { Code = code, Message = message }, PaymentState.Declined);
        return (declined, Declined(declined));
    }

    private static OrderPayment Refund(OrderPayment payment) =>
        payment with
        {
            State = PaymentState.Refunding,
            Token = null,
            Attempts = 0,
            DueIn = TimeSpan.Zero,
        };

    private static (OrderPayment, object?) Return(OrderPayment payment, DateTimeOffset at)
    {
        var refunded = Settle(payment with { RefundedAt = at }, PaymentState.Refunded);
        return (refunded, Refunded(refunded));
    }

    private static OrderPayment Settle(OrderPayment payment, PaymentState state) =>
        payment with
        {
            State = state,
            Token = null,
            DueIn = null,
        };

    /// <summary>Order repeats order.placed when an answer is overdue. A closed order needs none, and answering it would go round for ever.</summary>
    private static object? RepeatAnswer(OrderPayment payment) =>
        payment.State switch
        {
            PaymentState.Captured => Captured(payment),
            PaymentState.Declined => Declined(payment),
            _ => null,
        };

    private static PaymentCaptured Captured(OrderPayment payment) =>
        new(
            payment.OrderId,
            payment.PaymentId,
            payment.PaymentKey!,
            payment.CapturedKrw!.Value,
            payment.CapturedAt!.Value
        );

    private static PaymentRefunded Refunded(OrderPayment payment) =>
        new(payment.OrderId, payment.PaymentId, payment.CapturedKrw!.Value, payment.RefundedAt!.Value);

    private static PaymentDeclined Declined(OrderPayment payment) =>
        new(payment.OrderId, payment.PaymentId, payment.Code!, payment.Message!);
}
