using Commerce.Catalog.Reserving;
using Commerce.Contracts.Events;
using Commerce.Messaging.Kafka;

namespace Commerce.Catalog.Tests.Reserving;

public sealed class ReservationsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);
    private static readonly Guid Apple = Guid.CreateVersion7();
    private static readonly Guid Pear = Guid.CreateVersion7();
    private readonly Guid _order = Guid.CreateVersion7();

    [Fact]
    public void Random_orders_in_batches_end_as_one_by_one()
    {
        for (var seed = 1; seed <= 4; seed++)
            RandomMarket.FirstDifference(Reservations.Decide, orders: 50_000, seed).ShouldBeNull();
    }

    [Fact]
    public void The_random_orders_notice_a_rule_that_forgets_to_give_back()
    {
        RandomMarket.FirstDifference(ForgetToGiveBack, orders: 1_000, seed: 1).ShouldNotBeNull();
    }

    [Fact]
    public void An_order_gets_all_of_its_lines_or_none()
    {
        var decision = Decide([(Apple, 5), (Pear, 1)], Reserve(_order, (Apple, 3), (Pear, 2)));

        decision.Answers.ShouldBe([new StockRejected(_order, OrderReasons.OutOfStock, Pear)]);
        decision.Stock[Apple].Available.ShouldBe(5);
        decision.Taken.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_cancelled_order_gives_back_is_there_for_the_next_in_the_batch()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var decision = Decide(
            [(Apple, 2)],
            Reserve(first, (Apple, 2)),
            new OrderCommand.Release(first),
            Reserve(second, (Apple, 2))
        );

        decision.Answers.ShouldBe([
            new StockReserved(first, Now),
            new StockReleased(first),
            new StockReserved(second, Now),
        ]);
        decision.Stock[Apple].Available.ShouldBe(0);
    }

    [Fact]
    public void Lines_of_the_same_fruit_count_together()
    {
        var decision = Decide([(Apple, 3)], Reserve(_order, (Apple, 2), (Apple, 2)));
        decision.Answers.ShouldBe([new StockRejected(_order, OrderReasons.OutOfStock, Apple)]);

        decision = Decide([(Apple, 4)], Reserve(_order, (Apple, 2), (Apple, 2)));
        decision.Reservations[_order].Lines.ShouldBe(new Dictionary<Guid, int> { [Apple] = 4 });
    }

    [Fact]
    public void An_order_that_comes_again_gets_its_first_answer_and_takes_nothing_more()
    {
        var decision = Decide([(Apple, 10)], Reserve(_order, (Apple, 2)), Reserve(_order, (Apple, 2)));

        decision.Answers.ShouldBe([new StockReserved(_order, Now), new StockReserved(_order, Now)]);
        decision.Stock[Apple].Available.ShouldBe(8);
    }

    [Fact]
    public void A_rejected_order_stays_rejected_when_boxes_come_back()
    {
        var holder = Guid.CreateVersion7();
        var decision = Decide(
            [(Apple, 1)],
            Reserve(holder, (Apple, 1)),
            Reserve(_order, (Apple, 1)),
            new OrderCommand.Release(holder),
            Reserve(_order, (Apple, 1))
        );

        decision.Answers[3].ShouldBe(new StockRejected(_order, OrderReasons.OutOfStock, Apple));
        decision.Stock[Apple].Available.ShouldBe(1);
    }

    [Fact]
    public void An_order_whose_cancellation_came_first_takes_nothing()
    {
        var decision = Decide([(Apple, 1)], new OrderCommand.Release(_order), Reserve(_order, (Apple, 1)));

        decision.Answers.ShouldBe([new StockReleased(_order), null]);
        decision.Stock[Apple].Available.ShouldBe(1);
        decision.Reservations[_order].Status.ShouldBe(ReservationStatus.Released);
    }

    [Fact]
    public void Cancelling_gives_back_once_whether_confirmed_or_not()
    {
        var decision = Decide(
            [(Apple, 5)],
            Reserve(_order, (Apple, 2)),
            new OrderCommand.Confirm(_order),
            new OrderCommand.Release(_order),
            new OrderCommand.Release(_order)
        );

        decision.Answers.ShouldBe([new StockReserved(_order, Now), null, new StockReleased(_order), null]);
        decision.Stock[Apple].Available.ShouldBe(5);
    }

    [Fact]
    public void Confirming_counts_as_sold_once()
    {
        var decision = Decide(
            [(Apple, 5)],
            Reserve(_order, (Apple, 2)),
            new OrderCommand.Confirm(_order),
            new OrderCommand.Confirm(_order)
        );

        decision.Sold.ShouldBe(new Dictionary<Guid, int> { [Apple] = 2 });
    }

    [Fact]
    public void A_confirmed_order_that_is_cancelled_is_not_sold()
    {
        var decision = Decide(
            [(Apple, 5)],
            Reserve(_order, (Apple, 2)),
            new OrderCommand.Confirm(_order),
            new OrderCommand.Release(_order),
            new OrderCommand.Release(_order)
        );

        decision.Sold.ShouldBe(new Dictionary<Guid, int> { [Apple] = 0 });
    }

    [Fact]
    public void A_price_that_the_shopper_did_not_see_rejects_the_order()
    {
        var line = new OrderLine(Apple, Guid.Empty, 1, UnitPriceKrw: 9_900);
        var decision = Decide([(Apple, 5)], new OrderCommand.Reserve(_order, [line]));

        decision.Answers.ShouldBe([new StockRejected(_order, OrderReasons.PriceChanged, Apple)]);
    }

    [Fact]
    public void A_fruit_that_is_unknown_or_withdrawn_rejects_the_order()
    {
        var stranger = Guid.CreateVersion7();
        Decide([(Apple, 5)], Reserve(_order, (stranger, 1)))
            .Answers.ShouldBe([new StockRejected(_order, OrderReasons.NotForSale, stranger)]);

        var withdrawn = new Dictionary<Guid, FruitStock> { [Apple] = new(5, 10_000, ForSale: false) };
        Reservations
            .Decide(withdrawn, NothingKnown, [Reserve(_order, (Apple, 1))], Now)
            .Answers.ShouldBe([new StockRejected(_order, OrderReasons.NotForSale, Apple)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_line_without_boxes_is_a_malformed_event(int quantity)
    {
        Should.Throw<InvalidOperationException>(() => Decide([(Apple, 5)], Reserve(_order, (Apple, quantity))));
    }

    private static readonly Dictionary<Guid, Reservation> NothingKnown = [];

    private static Decision Decide((Guid Fruit, int Available)[] stock, params OrderCommand[] commands) =>
        Reservations.Decide(
            stock.ToDictionary(s => s.Fruit, s => new FruitStock(s.Available, 10_000, ForSale: true)),
            NothingKnown,
            commands,
            Now
        );

    private static OrderCommand.Reserve Reserve(Guid order, params (Guid Fruit, int Quantity)[] lines) =>
        new(order, [.. lines.Select(line => new OrderLine(line.Fruit, Guid.Empty, line.Quantity, 10_000))]);

    /// <summary>The mutant: a rejected order keeps what its earlier lines had taken.</summary>
    private static Decision ForgetToGiveBack(
        IReadOnlyDictionary<Guid, FruitStock> stock,
        IReadOnlyDictionary<Guid, Reservation> known,
        IReadOnlyList<OrderCommand> commands,
        DateTimeOffset now
    )
    {
        var all = new Decision(new(stock), new(known), [], [], [], []);
        foreach (var command in commands)
        {
            var one = Reservations.Decide(all.Stock, all.Reservations, [command], now);
            if (command is OrderCommand.Reserve order && one.Answers[0] is StockRejected rejected)
            {
                foreach (var line in order.Lines.TakeWhile(line => line.FruitId != rejected.FruitId))
                    one.Stock[line.FruitId] = one.Stock[line.FruitId] with
                    {
                        Available = one.Stock[line.FruitId].Available - line.Quantity,
                    };
            }
            all = all with
            {
                Stock = one.Stock,
                Reservations = one.Reservations,
                Answers = [.. all.Answers, .. one.Answers],
            };
        }
        return all;
    }
}
