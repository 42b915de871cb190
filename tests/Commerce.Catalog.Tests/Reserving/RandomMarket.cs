using Commerce.Catalog.Reserving;
using Commerce.Contracts.Events;
using Commerce.Messaging.Kafka;

namespace Commerce.Catalog.Tests.Reserving;

internal delegate Decision Decide(
    IReadOnlyDictionary<Guid, FruitStock> stock,
    IReadOnlyDictionary<Guid, Reservation> known,
    IReadOnlyList<OrderCommand> commands,
    DateTimeOffset now
);

/// <summary>Random orders in random batches, put to the rule and to the model side by side.</summary>
internal static class RandomMarket
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Runs markets until so many orders have been placed; the first difference to the model, or null.</summary>
    public static string? FirstDifference(Decide decide, int orders, int seed)
    {
        var random = new Random(seed);
        for (var placed = 0; placed < orders; )
        {
            if (RunMarket(decide, random, ref placed) is { } difference)
                return $"seed {seed}, order {placed}: {difference}";
        }
        return null;
    }

    private static string? RunMarket(Decide decide, Random random, ref int placed)
    {
        var stock = Enumerable
            .Range(0, random.Next(1, 7))
            .ToDictionary(
                _ => Guid.CreateVersion7(),
                _ => new FruitStock(random.Next(0, 40), random.Next(1, 3) * 10_000, random.Next(12) > 0)
            );
        var model = new SequentialModel(stock);
        var reservations = new Dictionary<Guid, Reservation>();
        var ids = new List<Guid>();
        for (var batch = 0; batch < 8; batch++)
        {
            var commands = new List<OrderCommand>();
            for (var i = random.Next(1, 40); i > 0; i--)
            {
                commands.Add(Command(random, stock, ids));
                placed += commands[^1] is OrderCommand.Reserve ? 1 : 0;
            }
            var known = commands
                .Select(c => c.OrderId)
                .Distinct()
                .Where(reservations.ContainsKey)
                .ToDictionary(id => id, id => reservations[id]);
            var decision = decide(stock, known, commands, Now);
            if (Difference(decision, stock, commands, model) is { } difference)
                return difference;
            stock = decision.Stock;
            foreach (var reservation in decision.Reservations.Values)
                reservations[reservation.OrderId] = reservation;
        }
        return null;
    }

    /// <summary>Mostly new orders; also repeated ones, and confirmations and cancellations of any, even before their order.</summary>
    private static OrderCommand Command(Random random, Dictionary<Guid, FruitStock> stock, List<Guid> ids)
    {
        var kind = random.Next(100);
        if (kind < 60 || ids.Count == 0)
            ids.Add(Guid.CreateVersion7());
        var id = kind < 60 ? ids[^1] : ids[random.Next(ids.Count)];
        return kind switch
        {
            < 72 => new OrderCommand.Reserve(id, Lines(random, stock)),
            < 82 => new OrderCommand.Confirm(id),
            < 97 => new OrderCommand.Release(id),
            _ => new OrderCommand.Release(Add(ids, Guid.CreateVersion7())),
        };
    }

    private static Guid Add(List<Guid> ids, Guid id)
    {
        ids.Add(id);
        return id;
    }

    private static List<OrderLine> Lines(Random random, Dictionary<Guid, FruitStock> stock) =>
        [
            .. Enumerable
                .Range(0, random.Next(1, 5))
                .Select(_ =>
                {
                    var (id, fruit) = stock.ElementAt(random.Next(stock.Count));
                    var price = fruit.PriceKrw + (random.Next(25) == 0 ? 100 : 0);
                    return new OrderLine(
                        random.Next(40) == 0 ? Guid.CreateVersion7() : id,
                        Guid.Empty,
                        random.Next(1, 5),
                        price
                    );
                }),
        ];

    private static string? Difference(
        Decision decision,
        Dictionary<Guid, FruitStock> before,
        List<OrderCommand> commands,
        SequentialModel model
    )
    {
        foreach (var (command, answer) in commands.Zip(decision.Answers))
        {
            var expected = model.Handle(command);
            var seen = answer is StockReserved reserved ? reserved with { ReservedAt = default } : answer;
            if (!Equals(expected, seen))
                return $"answered {seen ?? "nothing"}, not {expected ?? "nothing"}";
        }
        foreach (var (id, fruit) in decision.Stock)
        {
            if (fruit != model.Stock[id])
                return $"left {fruit}, not {model.Stock[id]}";
            var moved = decision.Returned.GetValueOrDefault(id) - decision.Taken.GetValueOrDefault(id);
            if (fruit.Available - before[id].Available != moved)
                return $"moved {moved} boxes, but the stock went from {before[id].Available} to {fruit.Available}";
        }
        foreach (var (id, reservation) in decision.Reservations)
        {
            if (reservation.Status != model.Orders[id].Status)
                return $"order is {reservation.Status}, not {model.Orders[id].Status}";
        }
        return null;
    }
}
