using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Saga;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Order.Tests.Saga.SagaInputs;

namespace Commerce.Order.Tests.Saga;

/// <summary>
/// The whole saga with simple-minded neighbours over a network that reorders and doubles every message: wherever it ends,
/// stock and money are where the order says.
/// </summary>
public sealed class SagaSimulation
{
    [Fact]
    public void Stock_and_money_end_where_the_order_says()
    {
        var ends = new Dictionary<OrderStatus, int>();
        var refunds = 0;
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var world = new World(seed);
                    world.RunToTheEnd();
                    ends[world.Order.Status] = ends.GetValueOrDefault(world.Order.Status) + 1;

                    world.Order.IsOpen.ShouldBeFalse();
                    var alive = !world.Order.IsDead;
                    world.StockHeld.ShouldBe(alive, $"{world.Order.Status} {world.Order.Reason}");
                    (world.Money == "captured").ShouldBe(
                        alive && world.Order.RefundReason is null,
                        $"{world.Order.Status} {world.Order.Reason} {world.Order.RefundReason}, money {world.Money}"
                    );
                    refunds += world.Order.RefundReason is null ? 0 : 1;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(50_000).WithQuietOnSuccess(true));

        // The worlds are varied enough to mean something.
        ends.Keys.ShouldBe([OrderStatus.Rejected, OrderStatus.Cancelled, OrderStatus.Delivered], ignoreOrder: true);
        refunds.ShouldBeInRange(1_000, ends[OrderStatus.Delivered]);
    }

    /// <summary>
    /// Catalog, Payment and Delivery as stubborn as they may be: they remember only what they hold, no request that they had
    /// before its cancellation.
    /// </summary>
    private sealed class World
    {
        private readonly Random _random;
        private readonly List<object> _network = [];
        private readonly bool _inStock;
        private readonly bool _solvent;
        private DateTimeOffset _now = Start;
        private OrderPlaced? _payable;
        private bool _reservedKnown;
        private string _delivery = "none";

        public World(int seed)
        {
            _random = new Random(seed);
            _inStock = Chance(85);
            _solvent = Chance(85);
            _network.Add(OrderDecider.Ask(Order));
            if (Chance(30))
            {
                _network.Add(new CancelRequested(OrderReasons.CancelledByShopper));
            }
        }

        public OrderState Order { get; private set; } = Placed();

        public bool StockHeld { get; private set; }

        public string Money { get; private set; } = "none";

        public void RunToTheEnd()
        {
            for (var steps = 0; _network.Count > 0 || Order.NextCheckAt is not null; steps++)
            {
                steps.ShouldBeLessThan(2_000, "the saga does not come to rest");
                if (_network.Count == 0)
                {
                    _now = Order.NextCheckAt!.Value;
                }
                else
                {
                    _now += TimeSpan.FromSeconds(Chance(10) ? _random.Next(60) : _random.Next(3));
                    var message = _network[_random.Next(_network.Count)];
                    if (Chance(75))
                    {
                        _network.Remove(message);
                    }

                    Deliver(message);
                }

                Decide(new TimePassed());
            }
        }

        private bool Chance(int percent) => _random.Next(100) < percent;

        private void Decide(object input)
        {
            (Order, var events) = Decider.Decide(Order, input, _now);
            _network.AddRange(events);
        }

        private void Deliver(object message)
        {
            switch (message)
            {
                case OrderPlaced placed:
                    _payable = placed;
                    StockHeld |= _inStock;
                    _network.Add(_inStock ? Any<StockReserved>() : Any<StockRejected>());
                    Charge();
                    break;
                case OrderConfirmed when _delivery is "none":
                    _delivery = DeliveryStates.Ready;
                    _network.Add(Any<DeliveryScheduled>());
                    _network.Add(new Ship());
                    break;
                case OrderConfirmed:
                    _network.Add(Any<DeliveryScheduled>());
                    break;
                case Ship when _delivery is DeliveryStates.Ready:
                    _delivery = DeliveryStates.OnRoute;
                    _network.Add(Any<DeliveryOnRoute>());
                    _network.Add(Any<DeliveryDelivered>());
                    break;
                case OrderCancelled or OrderRejected:
                    Undo();
                    break;
                case StockReserved:
                    _reservedKnown = true;
                    Charge();
                    Decide(message);
                    break;
                case OrderDelivered when Chance(20):
                    _network.Add(Any<RefundRequested>());
                    break;
                case OrderRefundRequested:
                    GiveBack();
                    break;
                case Ship or OrderDelivered:
                    break;
                default:
                    Decide(message);
                    break;
            }
        }

        private void Charge()
        {
            if (_payable is not null && _reservedKnown && Money is "none")
            {
                Money = _solvent ? "captured" : "declined";
                _network.Add(_solvent ? Any<PaymentCaptured>() : Any<PaymentDeclined>());
            }
        }

        private void Undo()
        {
            if (StockHeld)
            {
                StockHeld = false;
                _network.Add(Any<StockReleased>());
            }

            GiveBack();
            if (_delivery is "none" or DeliveryStates.Ready)
            {
                _delivery = "cancelled";
            }
        }

        private void GiveBack()
        {
            if (Money is "captured")
            {
                Money = "refunded";
                _network.Add(Any<PaymentRefunded>());
            }
        }

        /// <summary>The farmer hands the boxes over.</summary>
        private sealed record Ship;
    }
}
