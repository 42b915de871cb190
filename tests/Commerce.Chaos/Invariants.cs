namespace Commerce.Chaos;

/// <summary>A promise that is broken, and where.</summary>
internal sealed record Violation(string Promise, string Detail);

/// <summary>
/// What must hold of the books of a platform that has come to rest, whatever happened to it. Pure: the same books give the
/// same answer.
/// </summary>
internal static class Invariants
{
    public const string Stock = "stock + reserved + sold = what came in";
    public const string Money = "one capture per confirmed order, none left for any other";
    public const string Ended = "no order is open after its deadline";
    public const string Handled = "every event is handled by each consumer that takes it, or a dead letter";
    public const string Told = "the timeline is complete and in order";
    public const string Agreed = "the services agree about every order";
    public const string Once = "an order that is submitted again is the same order";

    public static readonly string[] All = [Stock, Money, Ended, Handled, Told, Agreed, Once];

    public static IReadOnlyList<Violation> Check(Books books, IReadOnlyList<Outcome> outcomes) =>
        [
            .. CheckStock(books),
            .. CheckMoney(books),
            .. CheckEnds(books),
            .. CheckEvents(books),
            .. CheckTimelines(books),
            .. CheckAgreement(books),
            .. CheckSubmissions(books, outcomes),
        ];

    private static IEnumerable<Violation> CheckStock(Books books)
    {
        foreach (var row in books.Stock)
        {
            if (row.Available < 0)
            {
                yield return new(Stock, $"fruit {row.FruitId} has {row.Available} boxes");
            }

            if (row.Moved != row.Available)
            {
                yield return new(Stock, $"fruit {row.FruitId} has {row.Available} boxes, its history {row.Moved}");
            }

            if (row.ByOrders != row.Held)
            {
                yield return new(
                    Stock,
                    $"fruit {row.FruitId}: orders took {row.ByOrders} boxes and hold {row.Held} of {row.Lots} that came in"
                );
            }
        }
    }

    private static IEnumerable<Violation> CheckMoney(Books books)
    {
        var ledger = books.Ledger.ToDictionary(row => row.OrderId);
        foreach (var order in books.Orders)
        {
            var row = ledger[order.Id];
            var sold = order is { Status: "Confirmed" or "Delivered", PaymentStatus: not "refunded" };
            var wanted = sold ? order.TotalKrw : 0;
            if (row.Charges > 1 || row.Refunds > 1 || row.BalanceKrw != wanted)
            {
                yield return new(
                    Money,
                    $"order {order.Id} ({order.Status}): {row.Charges} charges, {row.Refunds} refunds, "
                        + $"{row.BalanceKrw} KRW kept instead of {wanted}"
                );
            }
        }
    }

    private static IEnumerable<Violation> CheckEnds(Books books) =>
        from order in books.Orders
        where order.Overdue && order.Status is not ("Delivered" or "Cancelled" or "Rejected")
        select new Violation(Ended, $"order {order.Id} is still {order.Status}");

    private static IEnumerable<Violation> CheckEvents(Books books)
    {
        foreach (var consumer in books.Consumers)
        {
            if (consumer.Retrying + consumer.DeadLetters > 0)
            {
                yield return new(
                    Handled,
                    $"{consumer.Consumer} retries {consumer.Retrying} events and gave up on {consumer.DeadLetters}"
                );
            }

            foreach (var topic in consumer.Topics)
            {
                var missing = consumer.Missing(books.Outboxes[topic]).ToList();
                if (missing.Count > 0)
                {
                    var types = missing.CountBy(e => e.Type).Select(type => $"{type.Value} × {type.Key}");
                    yield return new(
                        Handled,
                        $"{consumer.Consumer} never had {missing.Count} events of {topic}: {string.Join(", ", types)}"
                    );
                }
            }
        }
    }

    private static IEnumerable<Violation> CheckTimelines(Books books)
    {
        var timelines = books.Timeline.ToLookup(row => row.OrderId);
        return books.Orders.SelectMany(order =>
            Timelines
                .Faults(order.Status, [.. timelines[order.Id]])
                .Select(fault => new Violation(Told, $"order {order.Id} ({order.Status}): {fault}"))
        );
    }

    private static IEnumerable<Violation> CheckAgreement(Books books)
    {
        var payments = books.Payments.ToDictionary(row => row.OrderId, row => row.State);
        var reservations = books.Reservations.ToDictionary(row => row.OrderId, row => row.Status);
        var deliveries = books.Deliveries.ToDictionary(row => row.OrderId, row => row.Status);
        foreach (var order in books.Orders)
        {
            var payment = payments.GetValueOrDefault(order.Id, "none");
            var reservation = reservations.GetValueOrDefault(order.Id, "none");
            var delivery = deliveries.GetValueOrDefault(order.Id, "none");
            var agreed = order.Status switch
            {
                "Delivered" => payment is "captured" or "refunded"
                    && reservation is "confirmed"
                    && delivery is "DELIVERED",
                "Cancelled" => payment is "cancelled" or "declined" or "refunded"
                    && reservation is "released" or "rejected"
                    && delivery is "none" or "CANCELLED",
                "Rejected" => payment is "none" or "waiting" or "cancelled"
                    && reservation is "rejected"
                    && delivery is "none" or "CANCELLED",
                _ => true,
            };
            if (!agreed)
            {
                yield return new(
                    Agreed,
                    $"order {order.Id} is {order.Status}, its payment {payment}, its boxes {reservation}, its delivery {delivery}"
                );
            }
        }
    }

    private static IEnumerable<Violation> CheckSubmissions(Books books, IReadOnlyList<Outcome> outcomes)
    {
        var known = books.Orders.Select(order => order.Id).ToHashSet();
        foreach (var outcome in outcomes)
        {
            if (outcome.OrderIds.Count != 1)
            {
                yield return new(
                    Once,
                    $"wish {outcome.Wish.Number} ({outcome.Wish.Behaviour}) became {outcome.OrderIds.Count} orders: {outcome.Refusal}"
                );
            }

            foreach (var lost in outcome.OrderIds.Where(id => !known.Contains(id)))
            {
                yield return new(Once, $"order {lost} was accepted and is gone");
            }
        }

        var placed = outcomes.SelectMany(outcome => outcome.OrderIds).ToHashSet();
        var buyers = books
            .Orders.Where(order => placed.Contains(order.Id))
            .Select(order => order.AccountId)
            .ToHashSet();
        foreach (
            var order in books.Orders.Where(order => buyers.Contains(order.AccountId) && !placed.Contains(order.Id))
        )
        {
            yield return new(Once, $"order {order.Id} exists, and nobody was told so");
        }
    }
}
