using Commerce.Contracts.Api;

namespace Commerce.Chaos.Tests;

/// <summary>The checker says nothing about books that are right, and names the promise when one entry is changed.</summary>
public sealed class InvariantsTests
{
    private const string Taken = "commerce.order.placed.v1";
    private static readonly Guid Apple = Guid.CreateVersion7();
    private static readonly Guid Account = Guid.CreateVersion7();
    private static readonly Guid Bought = Guid.CreateVersion7();
    private static readonly Guid Declined = Guid.CreateVersion7();
    private static readonly Guid SoldOut = Guid.CreateVersion7();
    private static readonly Guid[] Events = [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7())];

    private static readonly Outcome[] Outcomes = [Placed(1, Bought), Placed(2, Declined), Placed(3, SoldOut)];

    [Fact]
    public void Right_books_break_nothing() => Invariants.Check(Right(), Outcomes).ShouldBeEmpty();

    public static TheoryData<string, string> Faults =>
        new()
        {
            { Invariants.Stock, "one box too many on the shelf" },
            { Invariants.Stock, "a box is held that the history never took" },
            { Invariants.Stock, "less than nothing" },
            { Invariants.Money, "charged twice" },
            { Invariants.Money, "not charged" },
            { Invariants.Money, "charged and cancelled" },
            { Invariants.Ended, "still open after the deadline" },
            { Invariants.Handled, "an event that a consumer never had" },
            { Invariants.Handled, "a dead letter" },
            { Invariants.Told, "an event missing from the timeline" },
            { Invariants.Told, "an event that does not belong" },
            { Invariants.Told, "money before the boxes" },
            { Invariants.Agreed, "sold and not shipped" },
            { Invariants.Agreed, "cancelled and still held" },
            { Invariants.Once, "one wish, two orders" },
            { Invariants.Once, "an accepted order that is gone" },
            { Invariants.Once, "an order nobody was told of" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wrong_entry_breaks_its_promise(string promise, string fault)
    {
        var (books, outcomes) = Break(fault);

        Invariants.Check(books, outcomes).Select(violation => violation.Promise).ShouldContain(promise);
    }

    private static (Books, Outcome[]) Break(string fault)
    {
        var books = Right();
        Outcome[] outcomes = Outcomes;
        var shelf = books.Stock[0];
        var order = books.Orders[0];
        books = fault switch
        {
            "one box too many on the shelf" => books with { Stock = [shelf with { Available = shelf.Available + 1 }] },
            "a box is held that the history never took" => books with
            {
                Stock = [shelf with { Held = shelf.Held + 1 }],
            },
            "less than nothing" => books with { Stock = [shelf with { Available = -1, Moved = -1 }] },
            "charged twice" => Ledger(books, Bought, new(Bought, 2, 0, 60_000)),
            "not charged" => Ledger(books, Bought, new(Bought, 0, 0, 0)),
            "charged and cancelled" => Ledger(books, Declined, new(Declined, 1, 0, 30_000)),
            "still open after the deadline" => books with
            {
                Orders = [order with { Status = "StockReserved", Overdue = true }, .. books.Orders.Skip(1)],
            },
            "an event that a consumer never had" => Consumer(
                books,
                books.Consumers[0] with
                {
                    Handled = Events.Skip(1).ToHashSet(),
                }
            ),
            "a dead letter" => Consumer(books, books.Consumers[0] with { DeadLetters = 1 }),
            "an event missing from the timeline" => books with
            {
                Timeline = [.. books.Timeline.Where(row => row.OrderId != Bought || row.Event != "delivery.on-route")],
            },
            "an event that does not belong" => books with
            {
                Timeline = [.. books.Timeline, new(SoldOut, "payment.captured", DateTime.UtcNow)],
            },
            "money before the boxes" => books with
            {
                Timeline =
                [
                    .. books.Timeline.Select(row =>
                        row.OrderId == Bought && row.Event == "payment.captured"
                            ? row with
                            {
                                At = row.At.AddHours(-1),
                            }
                            : row
                    ),
                ],
            },
            "sold and not shipped" => books with { Deliveries = [] },
            "cancelled and still held" => books with
            {
                Reservations =
                [
                    .. books.Reservations.Select(row => row.OrderId == Declined ? row with { Status = "held" } : row),
                ],
            },
            _ => books,
        };
        outcomes = fault switch
        {
            "one wish, two orders" => [Outcomes[0] with { OrderIds = [Bought, Declined] }, .. Outcomes.Skip(1)],
            "an accepted order that is gone" => [.. Outcomes, Placed(4, Guid.CreateVersion7())],
            "an order nobody was told of" => [.. Outcomes.Skip(1)],
            _ => outcomes,
        };
        return (books, outcomes);
    }

    private static Books Right() =>
        new(
            [
                new(Bought, Account, "Delivered", null, "captured", 30_000, Overdue: true),
                new(Declined, Account, "Cancelled", "payment-declined", "declined", 30_000, Overdue: true),
                new(SoldOut, Account, "Rejected", "out-of-stock", "pending", 30_000, Overdue: true),
            ],
            [
                .. Story(
                    Bought,
                    "order.placed",
                    "stock.reserved",
                    "payment.captured",
                    "order.confirmed",
                    "delivery.scheduled",
                    "delivery.on-route",
                    "delivery.delivered",
                    "order.delivered"
                ),
                .. Story(
                    Declined,
                    "order.placed",
                    "stock.reserved",
                    "payment.declined",
                    "order.cancelled",
                    "stock.released"
                ),
                .. Story(SoldOut, "order.placed", "stock.rejected", "order.rejected"),
            ],
            [new(Bought, "captured", 30_000), new(Declined, "declined", null), new(SoldOut, "cancelled", null)],
            [new(Bought, 1, 0, 30_000), new(Declined, 0, 0, 0), new(SoldOut, 0, 0, 0)],
            [new(Apple, Available: 9, Moved: 9, Lots: 10, Held: 1, ByOrders: 1)],
            [new(Bought, "confirmed"), new(Declined, "released"), new(SoldOut, "rejected")],
            [new(Bought, "DELIVERED")],
            new Dictionary<string, IReadOnlyList<EventRow>>
            {
                ["commerce.order"] =
                [
                    .. Events.Select(id => new EventRow(id, Taken)),
                    new EventRow(Guid.CreateVersion7(), "commerce.order.rejected.v1"),
                ],
            },
            [
                new(
                    "catalog",
                    "catalog",
                    ["commerce.order"],
                    new HashSet<string> { Taken },
                    Events.ToHashSet(),
                    Retrying: 0,
                    DeadLetters: 0
                ),
            ]
        );

    private static IEnumerable<TimelineRow> Story(Guid order, params string[] events) =>
        events.Select((name, i) => new TimelineRow(order, name, DateTime.UnixEpoch.AddSeconds(i)));

    private static Books Ledger(Books books, Guid order, LedgerRow row) =>
        books with
        {
            Ledger = [.. books.Ledger.Where(other => other.OrderId != order), row],
        };

    private static Books Consumer(Books books, ConsumerBooks consumer) => books with { Consumers = [consumer] };

    private static Outcome Placed(int number, Guid order) =>
        new(new Wish(number, 0, Behaviour.Buy, [new PlaceOrderItem(Apple, 1)]), [order], null, 1);
}
