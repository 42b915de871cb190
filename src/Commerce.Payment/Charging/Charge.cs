using Commerce.Contracts.Events;

namespace Commerce.Payment.Charging;

/// <summary>The rules of an order's money, as a pure function: <c>(payment, fact) → (payment, event to publish)</c>.</summary>
/// <remarks>
/// Facts arrive in any order and more than once; what does not apply changes nothing. The one step that is not here is the
/// worker's lease, Pending → Charging, which happens to many rows in one statement.
/// </remarks>
internal static class Charge
{
    public const string AmountMismatch = "AMOUNT_MISMATCH";
    public const string GivenBack = "PAYMENT_CANCELED";

    public static (OrderPayment Next, object? Publish) Apply(OrderPayment payment, Fact fact) =>
        (payment.State, fact) switch
        {
            (_, Fact.OrderPlaced placed) when payment.AccountId is null => Place(payment, placed),
            (_, Fact.OrderPlaced) => (payment, AnswerAgain(payment)),
            (PaymentState.Waiting, Fact.StockReserved) => (Ready(payment with { Reserved = true }), null),

            // Taken in a time that a restore made us forget: asked again, the provider says the same again.
            (PaymentState.Waiting or PaymentState.Pending, Fact.FoundCharged found) => (Taken(payment, found), null),
            (PaymentState.Waiting or PaymentState.Pending, Fact.OrderClosed) when payment.PaymentKey is not null => (
                Refund(payment with { Closed = true }),
                null
            ),
            (PaymentState.Declined or PaymentState.Cancelled, Fact.FoundCharged found) => (
                Refund(Taken(payment, found)),
                null
            ),
            (PaymentState.Waiting or PaymentState.Pending or PaymentState.Charging, Fact.FoundRefunded) => Decline(
                payment,
                GivenBack,
                "The money was taken and given back in a time that is forgotten here."
            ),
            (PaymentState.Captured or PaymentState.Refunding, Fact.FoundRefunded found) => GiveBack(payment, found.At),

            // Never asked: nothing can have been taken.
            (PaymentState.Waiting or PaymentState.Pending, Fact.OrderClosed) => (
                Settle(payment with { Closed = true }, PaymentState.Cancelled),
                null
            ),
            // Asked: only the provider knows. Whatever it took goes back once it says so.
            (PaymentState.Charging, Fact.OrderClosed) => (payment with { Closed = true }, null),
            (PaymentState.Captured, Fact.OrderClosed) => (Refund(payment with { Closed = true }), null),

            // Asked for after delivery, so the money is there; asked again, the answer was late.
            (PaymentState.Captured, Fact.RefundAsked) => (Refund(payment), null),
            (PaymentState.Refunded, Fact.RefundAsked) => (payment, Refunded(payment)),

            (PaymentState.Charging, Fact.Charged charged) => Capture(payment, charged),
            (PaymentState.Declined or PaymentState.Cancelled, Fact.Charged charged) => (
                Refund(Taken(payment, charged)),
                null
            ),
            (PaymentState.Charging, Fact.Refused refused) => Decline(payment, refused.Code, refused.Message),
            (PaymentState.Refunding, Fact.Refunded refunded) => GiveBack(payment, refunded.At),
            (PaymentState.Charging or PaymentState.Refunding, Fact.Unanswered unanswered) => (
                payment with
                {
                    DueIn = unanswered.AskAgainIn,
                },
                null
            ),
            _ => (payment, null),
        };

    private static (OrderPayment, object?) Place(OrderPayment payment, Fact.OrderPlaced placed)
    {
        var known = payment with { AccountId = placed.AccountId, AmountKrw = placed.AmountKrw };
        return payment.State != PaymentState.Waiting ? (known, null)
            : placed.Agrees ? (Ready(known with { Token = placed.Token }), null)
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

    private static (OrderPayment, object?) Capture(OrderPayment payment, Fact.Charged charged)
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

    private static OrderPayment Taken(OrderPayment payment, Fact.Charged charged) =>
        payment with
        {
            PaymentKey = charged.PaymentKey,
            CapturedKrw = charged.AmountKrw,
            CapturedAt = charged.At,
        };

    private static OrderPayment Taken(OrderPayment payment, Fact.FoundCharged found) =>
        Taken(payment, new Fact.Charged(found.PaymentKey, found.AmountKrw, found.At));

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

    private static (OrderPayment, object?) GiveBack(OrderPayment payment, DateTimeOffset at)
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
    private static object? AnswerAgain(OrderPayment payment) =>
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
