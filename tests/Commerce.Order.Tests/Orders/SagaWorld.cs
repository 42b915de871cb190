using Commerce.Contracts.Events;
using Commerce.Order.Orders;
using static Commerce.Order.Tests.Orders.SagaInputs;

namespace Commerce.Order.Tests.Orders;

/// <summary>
/// One order, and Catalog, Payment and Delivery as stubborn as they may be: they remember only what they hold, no request that
/// they had before its cancellation.
/// </summary>
/// <param name="choices">What happens, in the order in which it is asked; after the last one everything goes well.</param>
/// <param name="decide">The rules of the order.</param>
internal sealed class SagaWorld(int[] choices, Func<OrderState, object, DateTimeOffset, Decision> decide)
{
    private readonly List<Message> _network = [];
    private readonly List<Message> _lost = [];
    private readonly List<string> _story = [];
    private int _next;
    private DateTimeOffset _now = Start;
    private bool _inStock;
    private string _card = "good";
    private bool _askedToPay;
    private bool _reservedKnown;
    private string _delivery = "none";

    public OrderState Order { get; private set; } = Placed();

    public bool StockHeld { get; private set; }

    public string Money { get; private set; } = "none";

    /// <summary>How many messages were lost on the way, all of which were sent again.</summary>
    public int Lost { get; private set; }

    /// <summary>What happened, one step a line.</summary>
    public string Story => string.Join('\n', _story);

    public void RunToTheEnd()
    {
        _inStock = !Chance(15);
        _card =
            Chance(15) ? "refused"
            : Chance(5) ? "silent"
            : "good";
        Tell($"{(_inStock ? "in stock" : "sold out")}, the card is {_card}");
        var begun = Begin();
        Order = begun.Order;
        Publish(begun.Events.Single());
        if (Chance(30))
        {
            _network.Add(new Message("order", new CancelRequested(OrderReasons.CancelledByShopper)));
        }

        for (var steps = 0; _network.Count + _lost.Count > 0 || Order.NextCheckAt is not null; steps++)
        {
            steps.ShouldBeLessThan(3_000, $"the saga does not come to rest:\n{Story}");
            if (_network.Count > 0)
            {
                Step();
            }
            else if (_lost.Count > 0 && (Order.NextCheckAt is null || !Chance(50)))
            {
                Tell("the relay sends what was lost");
                _network.AddRange(_lost);
                _lost.Clear();
            }
            else
            {
                _now = Order.NextCheckAt!.Value;
            }

            Decide(new DeadlineElapsed());
        }
    }

    private void Step()
    {
        _now += TimeSpan.FromSeconds(Chance(10) ? Choose(60) : Choose(3));
        var message = _network[Choose(_network.Count)];
        // What a person does is no message: it is not lost.
        if (message.Payload is not (CancelRequested or RefundRequested) && Chance(8))
        {
            Tell($"{message} is lost");
            _network.Remove(message);
            _lost.Add(message);
            Lost++;
            return;
        }

        var again = Chance(25);
        if (!again)
        {
            _network.Remove(message);
        }

        Tell($"{message} arrives{(again ? ", and will again" : "")}");
        Deliver(message);
    }

    private int Choose(int count) => _next < choices.Length ? choices[_next++] % count : 0;

    private bool Chance(int percent) => _next < choices.Length && choices[_next++] % 100 >= 100 - percent;

    private void Tell(string what) => _story.Add($"  - {(_now - Start).TotalSeconds, 4:0} s: {what}");

    private void Decide(object input)
    {
        var before = Order;
        (Order, var events) = decide(Order, input, _now);
        Publish([.. events]);
        if (before.Status != Order.Status || events.Count > 0)
        {
            Tell($"the order is {Order.Status}, says {string.Join(", ", events.Select(e => e.GetType().Name))}");
        }
    }

    /// <summary>One copy for each that listens: they arrive, double and get lost apart from each other.</summary>
    private void Publish(params object[] events)
    {
        foreach (var payload in events)
        {
            IEnumerable<string> listeners = payload switch
            {
                OrderPlaced => ["catalog", "payment"],
                OrderConfirmed => ["delivery"],
                OrderCancelled or OrderRejected => ["catalog", "payment", "delivery"],
                OrderRefundRequested => ["payment"],
                OrderDelivered => ["shopper"],
                StockReserved => ["payment", "order"],
                _ => ["order"],
            };
            _network.AddRange(listeners.Select(listener => new Message(listener, payload)));
        }
    }

    private void Deliver(Message message)
    {
        switch (message)
        {
            case ("order", var payload):
                Decide(payload);
                break;
            case ("catalog", OrderPlaced):
                StockHeld |= _inStock;
                Publish(_inStock ? Any<StockReserved>() : Any<StockRejected>());
                break;
            case ("catalog", _):
                if (StockHeld)
                {
                    StockHeld = false;
                    Publish(Any<StockReleased>());
                }

                break;
            case ("payment", OrderPlaced):
                _askedToPay = true;
                Charge();
                break;
            case ("payment", StockReserved):
                _reservedKnown = true;
                Charge();
                break;
            case ("payment", _):
                GiveBack();
                break;
            case ("delivery", OrderConfirmed):
                Schedule();
                break;
            case ("delivery", Ship):
                if (_delivery is DeliveryStates.Ready)
                {
                    _delivery = DeliveryStates.OnRoute;
                    Publish(Any<DeliveryOnRoute>(), Any<DeliveryDelivered>());
                }

                break;
            case ("delivery", _):
                _delivery = _delivery is "none" or DeliveryStates.Ready ? "cancelled" : _delivery;
                break;
            case ("shopper", _):
                if (Chance(20))
                {
                    _network.Add(new Message("order", Any<RefundRequested>()));
                }

                break;
            default:
                throw new InvalidOperationException($"Nobody is {message.To}.");
        }
    }

    private void Schedule()
    {
        if (_delivery is "none")
        {
            _delivery = DeliveryStates.Ready;
            _network.Add(new Message("delivery", new Ship()));
        }

        Publish(Any<DeliveryScheduled>());
    }

    private void Charge()
    {
        if (_askedToPay && _reservedKnown && Money is "none" && _card is not "silent")
        {
            Money = _card is "good" ? "captured" : "declined";
            Publish(_card is "good" ? Any<PaymentCaptured>() : Any<PaymentDeclined>());
        }
    }

    private void GiveBack()
    {
        if (Money is "captured")
        {
            Money = "refunded";
            Publish(Any<PaymentRefunded>());
        }
    }

    private sealed record Message(string To, object Payload)
    {
        public override string ToString() => $"{Payload.GetType().Name} to {To}";
    }

    /// <summary>The farmer hands the boxes over.</summary>
    private sealed record Ship;
}
