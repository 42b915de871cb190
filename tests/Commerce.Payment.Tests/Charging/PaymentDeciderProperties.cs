using Commerce.Contracts.Events;
using Commerce.Payment.Charging;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Payment.Tests.Charging;

/// <summary>Whole lives of a payment: events in any order and number, calls that crash before or after the provider acted.</summary>
public sealed class PaymentDeciderProperties
{
    private const long Amount = 39_000;

    private enum Step
    {
        Place,
        Reserve,
        Close,
        AskRefund,
        Lease,
        CallAndRecord,
        CallAndLoseTheAnswer,
        CrashBeforeTheCall,
        RecordTheLastAnswerAgain,
        BackUp,
        Restore,
    }

    private static readonly Step[] Undisturbed =
    [
        .. Enum.GetValues<Step>().Where(step => step is not (Step.BackUp or Step.Restore)),
    ];

    [Fact]
    public void However_events_and_crashes_fall_the_money_ends_where_the_order_does()
    {
        var lives = Gen.Elements(Undisturbed).ArrayOf().Resize(40);
        var refusing = Gen.Elements(true, false, false, false);
        Prop.ForAll(
                Gen.Zip(lives, refusing).ToArbitrary(),
                life =>
                {
                    var world = new World(Refuses: life.Item2);
                    foreach (var step in life.Item1)
                    {
                        world.Do(step);
                    }

                    world.Settle();
                    world.Check();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));
    }

    [Fact]
    public void A_database_that_was_set_back_keeps_no_money_but_that_of_orders_that_stand()
    {
        var lives = Gen.Elements(Enum.GetValues<Step>()).ArrayOf().Resize(60);
        Prop.ForAll(
                lives.ToArbitrary(),
                life =>
                {
                    var world = new World(Refuses: false);
                    foreach (var step in life)
                    {
                        world.Do(step);
                    }

                    world.Do(Step.Restore);
                    world.Settle();
                    world.EndWhatIsIncomplete();
                    world.Settle();
                    world.CheckMoney();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));
    }

    /// <summary>One order, its payment, and a provider that acts once per key.</summary>
    private sealed class World(bool Refuses)
    {
        private readonly List<object> _published = [];
        private OrderPayment _payment = new() { OrderId = Guid.NewGuid(), PaymentId = Guid.NewGuid() };

        // Null: a backup from before the order, so its row will be another one.
        private (OrderPayment Payment, bool Placed, bool Reserved, bool Closed, bool RefundAsked)? _backup;
        private PaymentInput? _lastAnswer;
        private bool _placed;
        private bool _reserved;
        private bool _closed;
        private bool _refundAsked;
        private bool _leased;
        private int _charges;
        private int _refunds;

        public void Do(Step step)
        {
            switch (step)
            {
                case Step.Place:
                    _placed = true;
                    Apply(new PaymentInput.OrderPlaced(Guid.Empty, Amount, "tok_x", TotalMatchesLines: true));
                    break;
                case Step.Reserve:
                    _reserved = true;
                    Apply(new PaymentInput.StockReserved());
                    break;
                case Step.Close:
                    _closed = true;
                    Apply(new PaymentInput.OrderClosed());
                    break;
                case Step.AskRefund:
                    // Order asks only once it knows of the money.
                    if (_payment.State is PaymentState.Captured)
                    {
                        _refundAsked = true;
                    }

                    Apply(new PaymentInput.RefundAsked());
                    break;
                case Step.Lease:
                    Lease();
                    break;
                case Step.CallAndRecord when _leased:
                    _lastAnswer = Ask();
                    _leased = false;
                    Apply(_lastAnswer);
                    break;
                case Step.CallAndLoseTheAnswer when _leased:
                    _ = Ask();
                    _leased = false;
                    break;
                case Step.CrashBeforeTheCall:
                    _leased = false;
                    break;
                case Step.RecordTheLastAnswerAgain when _lastAnswer is not null:
                    Apply(_lastAnswer);
                    break;
                case Step.BackUp:
                    _backup = (_payment, _placed, _reserved, _closed, _refundAsked);
                    break;
                case Step.Restore:
                    Restore();
                    break;
            }
        }

        /// <summary>The order ends, as one does that never comes or never gets its boxes.</summary>
        public void EndWhatIsIncomplete()
        {
            if (!_placed || !_reserved)
            {
                Do(Step.Close);
            }
        }

        /// <summary>After a restore: what was published in the time that is forgotten counts for nothing.</summary>
        public void CheckMoney()
        {
            var kept = _charges - _refunds;
            var stands = _placed && _reserved && !_closed && !_refundAsked;
            kept.ShouldBe(_payment.State is PaymentState.Captured ? 1 : 0, $"{_payment}");
            // Money that went back in the forgotten time cannot be taken again.
            kept.ShouldBe(stands && _refunds == 0 ? 1 : 0, $"{_payment}");
        }

        /// <summary>What the worker does once nothing goes wrong any more.</summary>
        public void Settle()
        {
            for (var calls = 0; _payment.HasWork; calls++)
            {
                calls.ShouldBeLessThan(3);
                Lease();
                Do(Step.CallAndRecord);
            }
        }

        public void Check()
        {
            (_charges - _refunds).ShouldBe(_placed && _reserved && !_closed && !_refundAsked && !Refuses ? 1 : 0);
            if (_charges == 1)
            {
                (_placed && _reserved).ShouldBeTrue("charged without an order or a reservation");
            }

            _published.OfType<PaymentCaptured>().Any().ShouldBe(_charges == 1);
            _published.OfType<PaymentRefunded>().Any().ShouldBe(_refunds == 1);
            _published.OfType<PaymentRefunded>().Distinct().Count().ShouldBe(_refunds, "the same answer each time");
            _published.OfType<PaymentDeclined>().Any().ShouldBe(_payment.State == PaymentState.Declined);
            if (_payment.State is not PaymentState.Waiting)
            {
                _payment.Token.ShouldBeNull("a settled payment needs no token");
            }
        }

        /// <summary>Our side as it was; the provider's side as it is, and told to us.</summary>
        private void Restore()
        {
            var empty = new OrderPayment { OrderId = _payment.OrderId, PaymentId = Guid.NewGuid() };
            (_payment, _placed, _reserved, _closed, _refundAsked) = _backup ?? (empty, false, false, false, false);
            (_leased, _lastAnswer) = (false, null);
            if (_charges == 1)
            {
                Apply(new PaymentInput.FoundCharged("pay_1", Amount, DateTimeOffset.UnixEpoch));
            }

            if (_refunds == 1)
            {
                Apply(new PaymentInput.FoundRefunded(DateTimeOffset.UnixEpoch));
            }
        }

        private void Lease()
        {
            if (_payment.HasWork)
            {
                Apply(new PaymentInput.Leased(TimeSpan.FromSeconds(15)));
                _leased = true;
            }
        }

        private PaymentInput Ask()
        {
            if (_payment.State == PaymentState.Refunding)
            {
                _refunds = 1;
                return new PaymentInput.Refunded(DateTimeOffset.UnixEpoch);
            }

            // A lease that another worker has settled meanwhile asks in vain: same key, same answer.
            if (Refuses)
            {
                return new PaymentInput.Refused("REJECT_CARD_PAYMENT", "no");
            }

            _charges = 1;
            return new PaymentInput.Charged("pay_1", Amount, DateTimeOffset.UnixEpoch);
        }

        private void Apply(PaymentInput fact)
        {
            (_payment, var publish) = PaymentDecider.Apply(_payment, fact);
            if (publish is not null)
            {
                _published.Add(publish);
            }
        }
    }
}
