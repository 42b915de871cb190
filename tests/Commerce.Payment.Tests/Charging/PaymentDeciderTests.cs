using Commerce.Contracts.Events;
using Commerce.Payment.Charging;

namespace Commerce.Payment.Tests.Charging;

public sealed class PaymentDeciderTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;
    private static readonly PaymentInput Placed = new PaymentInput.OrderPlaced(
        Guid.NewGuid(),
        39_000,
        "tok_x",
        TotalMatchesLines: true
    );
    private static readonly PaymentInput Reserved = new PaymentInput.StockReserved();
    private static readonly PaymentInput Closed = new PaymentInput.OrderClosed();
    private static readonly PaymentInput Charged = new PaymentInput.Charged("pay_1", 39_000, At);
    private static readonly PaymentInput Refused = new PaymentInput.Refused("REJECT_CARD_PAYMENT", "no");
    private static readonly PaymentInput Refunded = new PaymentInput.Refunded(At);

    [Fact]
    public void An_order_is_charged_only_when_it_is_placed_and_reserved()
    {
        After(Placed).State.ShouldBe(PaymentState.Waiting);
        After(Reserved).State.ShouldBe(PaymentState.Waiting);
        After(Placed, Reserved).State.ShouldBe(PaymentState.Pending);
        After(Reserved, Placed).State.ShouldBe(PaymentState.Pending);
    }

    [Fact]
    public void An_order_that_ended_first_is_never_charged()
    {
        foreach (var facts in Orders([Placed, Reserved, Closed]))
        {
            After(facts).State.ShouldBe(PaymentState.Cancelled);
        }
    }

    [Fact]
    public void A_cancelled_order_shows_its_amount_to_its_owner_and_keeps_no_token()
    {
        var payment = After(Closed, Placed);
        payment.AmountKrw.ShouldBe(39_000);
        payment.AccountId.ShouldNotBeNull();
        payment.Token.ShouldBeNull();
    }

    [Fact]
    public void Lines_that_do_not_add_up_to_the_total_are_declined_without_asking_the_provider()
    {
        var (payment, published) = Run(
            new PaymentInput.OrderPlaced(Guid.NewGuid(), 1, "tok_x", TotalMatchesLines: false),
            Reserved
        );
        payment.State.ShouldBe(PaymentState.Declined);
        published.ShouldHaveSingleItem().ShouldBeOfType<PaymentDeclined>().Code.ShouldBe(PaymentDecider.AmountMismatch);
    }

    [Fact]
    public void A_charge_is_published_once_and_again_only_when_the_order_is_repeated()
    {
        var (payment, published) = Run(Placed, Reserved, Leased, Charged, Charged, Reserved, Placed);
        payment.State.ShouldBe(PaymentState.Captured);
        payment.Token.ShouldBeNull();
        published.Count.ShouldBe(2);
        published[0].ShouldBe(published[1]);
        published[0].ShouldBe(new PaymentCaptured(payment.OrderId, payment.PaymentId, "pay_1", 39_000, At));
    }

    [Fact]
    public void A_refusal_is_published_again_when_the_order_is_repeated()
    {
        var (payment, published) = Run(Placed, Reserved, Leased, Refused, Placed, Closed, Closed);
        payment.State.ShouldBe(PaymentState.Declined);
        published.Count.ShouldBe(2);
        published.ShouldAllBe(e => ((PaymentDeclined)e).Code == "REJECT_CARD_PAYMENT");
    }

    [Fact]
    public void A_captured_order_that_is_cancelled_is_refunded_once()
    {
        var (payment, published) = Run(Placed, Reserved, Leased, Charged, Closed, Closed, Refunded, Refunded, Placed);
        payment.State.ShouldBe(PaymentState.Refunded);
        published.Select(e => e.GetType()).ShouldBe([typeof(PaymentCaptured), typeof(PaymentRefunded)]);
    }

    [Fact]
    public void Cancelled_while_the_provider_is_asked_means_waiting_for_its_answer()
    {
        After(Placed, Reserved, Leased, Closed).State.ShouldBe(PaymentState.Charging);
        After(Placed, Reserved, Leased, Closed, Charged).State.ShouldBe(PaymentState.Refunding);
        After(Placed, Reserved, Leased, Closed, Refused).State.ShouldBe(PaymentState.Declined);
    }

    [Fact]
    public void Another_amount_than_ours_goes_back_and_counts_as_declined()
    {
        var (payment, published) = Run(
            Placed,
            Reserved,
            Leased,
            new PaymentInput.Charged("pay_1", 93_000, At),
            Refunded
        );
        payment.State.ShouldBe(PaymentState.Refunded);
        published[0].ShouldBeOfType<PaymentDeclined>().Code.ShouldBe(PaymentDecider.AmountMismatch);
        published[1].ShouldBeOfType<PaymentRefunded>().AmountKrw.ShouldBe(93_000);
    }

    [Fact]
    public void Without_an_answer_the_same_payment_is_asked_for_again_later()
    {
        var payment = After(Placed, Reserved, Leased, new PaymentInput.Unanswered(TimeSpan.FromSeconds(3)));
        payment.State.ShouldBe(PaymentState.Charging);
        payment.DueIn.ShouldBe(TimeSpan.FromSeconds(3));
        payment.Token.ShouldBe("tok_x");
    }

    [Fact]
    public void Waiting_doubles_up_to_its_limit_and_is_never_the_same_for_all()
    {
        var options = new PaymentOptions();
        options.Backoff(1, 1).ShouldBe(TimeSpan.FromMilliseconds(200));
        options.Backoff(4, 1).ShouldBe(TimeSpan.FromMilliseconds(1600));
        options.Backoff(4, 0).ShouldBe(TimeSpan.FromMilliseconds(800));
        options.Backoff(int.MaxValue, 1).ShouldBe(options.RetryAtMost);
    }

    /// <summary>Stands for the worker's lease, which is SQL.</summary>
    private static readonly PaymentInput Leased = new PaymentInput.Unanswered(TimeSpan.Zero);

    private static OrderPayment After(params PaymentInput[] facts) => Run(facts).Payment;

    private static (OrderPayment Payment, List<object> Published) Run(params PaymentInput[] facts)
    {
        var payment = new OrderPayment { OrderId = Guid.NewGuid(), PaymentId = Guid.NewGuid() };
        var published = new List<object>();
        foreach (var fact in facts)
        {
            if (ReferenceEquals(fact, Leased))
            {
                payment = payment with { State = PaymentState.Charging };
                continue;
            }

            (payment, var publish) = PaymentDecider.Apply(payment, fact);
            if (publish is not null)
            {
                published.Add(publish);
            }
        }

        return (payment, published);
    }

    private static IEnumerable<PaymentInput[]> Orders(PaymentInput[] facts) =>
        facts.Length == 1
            ? [facts]
            : facts.SelectMany(first =>
                Orders([.. facts.Where(f => f != first)]).Select(rest => (PaymentInput[])[first, .. rest])
            );
}
