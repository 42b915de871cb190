using Commerce.Contracts.Events;

namespace Commerce.Catalog.Reserving;

/// <summary>A fruit as an order meets it. Price in whole KRW per box, stock in boxes.</summary>
internal readonly record struct FruitStock(int Available, long PriceKrw, bool ForSale);

/// <summary>What Order asks for one order. Each may come again, late or before its time.</summary>
internal abstract record OrderCommand(Guid OrderId)
{
    internal sealed record Reserve(Guid OrderId, IReadOnlyList<OrderLine> Lines) : OrderCommand(OrderId);

    internal sealed record Confirm(Guid OrderId) : OrderCommand(OrderId);

    internal sealed record Release(Guid OrderId) : OrderCommand(OrderId);
}

internal enum ReservationStatus
{
    Held,
    Confirmed,

    /// <summary>Given back; also the mark of an order that was cancelled before it asked.</summary>
    Released,
    Rejected,
}

/// <summary>What became of an order here. <paramref name="Lines"/>: boxes per fruit, each fruit once.</summary>
internal sealed record Reservation(
    Guid OrderId,
    ReservationStatus Status,
    DateTimeOffset ReservedAt,
    IReadOnlyDictionary<Guid, int> Lines,
    string? Reason = null,
    Guid? FruitId = null
);

/// <summary>The outcome of a batch.</summary>
/// <param name="Stock">The given stock after the batch.</param>
/// <param name="Reservations">The given reservations after the batch, with the new ones.</param>
/// <param name="Answers">The event to publish for each command, null for none; same order as the commands.</param>
/// <param name="Taken">Boxes per fruit that new reservations took.</param>
/// <param name="Returned">Boxes per fruit that releases gave back.</param>
/// <param name="Sold">Boxes per fruit that were confirmed, less those of confirmed orders that were released.</param>
internal sealed record Decision(
    Dictionary<Guid, FruitStock> Stock,
    Dictionary<Guid, Reservation> Reservations,
    List<object?> Answers,
    Dictionary<Guid, int> Taken,
    Dictionary<Guid, int> Returned,
    Dictionary<Guid, int> Sold
);

/// <summary>
/// The reservation rule, without a database: an order gets all of its lines or none, in the order of the batch. What an order
/// gives back is there for the ones behind it in the same batch.
/// </summary>
internal static class Reservations
{
    private static readonly Dictionary<Guid, int> NoLines = [];

    /// <summary>Walks the commands over the locked stock and the reservations known so far; changes neither argument.</summary>
    /// <exception cref="InvalidOperationException">A line asks for less than one box: the event is malformed.</exception>
    public static Decision Decide(
        IReadOnlyDictionary<Guid, FruitStock> stock,
        IReadOnlyDictionary<Guid, Reservation> known,
        IReadOnlyList<OrderCommand> commands,
        DateTimeOffset now
    )
    {
        var decision = new Decision(new(stock), new(known), new(commands.Count), [], [], []);
        foreach (var command in commands)
        {
            var before = decision.Reservations.GetValueOrDefault(command.OrderId);
            decision.Answers.Add(
                command switch
                {
                    OrderCommand.Reserve reserve => before is null
                        ? Reserve(decision, reserve, now)
                        : AnswerAgain(before),
                    OrderCommand.Confirm => Confirm(decision, before),
                    _ => Release(decision, command.OrderId, before, now),
                }
            );
        }
        return decision;
    }

    private static object Reserve(Decision decision, OrderCommand.Reserve order, DateTimeOffset now)
    {
        var lines = new Dictionary<Guid, int>(order.Lines.Count);
        foreach (var line in order.Lines)
        {
            if (line.Quantity < 1)
                throw new InvalidOperationException($"Order {order.OrderId} asks for {line.Quantity} boxes.");
            if (Obstacle(decision.Stock, line) is { } reason)
            {
                GiveBack(decision.Stock, lines);
                decision.Reservations[order.OrderId] = new Reservation(
                    order.OrderId,
                    ReservationStatus.Rejected,
                    now,
                    NoLines,
                    reason,
                    line.FruitId
                );
                return new StockRejected(order.OrderId, reason, line.FruitId);
            }
            var fruit = decision.Stock[line.FruitId];
            decision.Stock[line.FruitId] = fruit with { Available = fruit.Available - line.Quantity };
            lines[line.FruitId] = lines.GetValueOrDefault(line.FruitId) + line.Quantity;
        }
        Count(decision.Taken, lines);
        decision.Reservations[order.OrderId] = new Reservation(order.OrderId, ReservationStatus.Held, now, lines);
        return new StockReserved(order.OrderId, now);
    }

    private static string? Obstacle(Dictionary<Guid, FruitStock> stock, OrderLine line)
    {
        if (!stock.TryGetValue(line.FruitId, out var fruit) || !fruit.ForSale)
            return OrderReasons.NotForSale;
        if (fruit.PriceKrw != line.UnitPriceKrw)
            return OrderReasons.PriceChanged;
        return fruit.Available < line.Quantity ? OrderReasons.OutOfStock : null;
    }

    /// <summary>Order asks again when our answer was late. A released order is not answered: its end is known there.</summary>
    private static object? AnswerAgain(Reservation before) =>
        before.Status switch
        {
            ReservationStatus.Held or ReservationStatus.Confirmed => new StockReserved(
                before.OrderId,
                before.ReservedAt
            ),
            ReservationStatus.Rejected => new StockRejected(before.OrderId, before.Reason!, before.FruitId),
            _ => null,
        };

    private static object? Confirm(Decision decision, Reservation? before)
    {
        if (before is not { Status: ReservationStatus.Held })
            return null;
        decision.Reservations[before.OrderId] = before with { Status = ReservationStatus.Confirmed };
        Count(decision.Sold, before.Lines);
        return null;
    }

    private static StockReleased? Release(Decision decision, Guid orderId, Reservation? before, DateTimeOffset now)
    {
        if (before is { Status: ReservationStatus.Released or ReservationStatus.Rejected })
            return null;
        var wasSold = before is { Status: ReservationStatus.Confirmed };
        // A cancel that overtook its order leaves a mark, so that the order takes nothing when it comes.
        before ??= new Reservation(orderId, ReservationStatus.Released, now, NoLines);
        decision.Reservations[orderId] = before with { Status = ReservationStatus.Released };
        GiveBack(decision.Stock, before.Lines);
        Count(decision.Returned, before.Lines);
        if (wasSold)
            Count(decision.Sold, before.Lines, sign: -1);
        return new StockReleased(orderId);
    }

    private static void GiveBack(Dictionary<Guid, FruitStock> stock, IReadOnlyDictionary<Guid, int> lines)
    {
        foreach (var (fruitId, quantity) in lines)
            stock[fruitId] = stock[fruitId] with { Available = stock[fruitId].Available + quantity };
    }

    private static void Count(Dictionary<Guid, int> counts, IReadOnlyDictionary<Guid, int> lines, int sign = 1)
    {
        foreach (var (fruitId, quantity) in lines)
            counts[fruitId] = counts.GetValueOrDefault(fruitId) + (sign * quantity);
    }
}
