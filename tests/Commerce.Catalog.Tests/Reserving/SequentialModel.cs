using Commerce.Catalog.Reserving;
using Commerce.Contracts.Events;

namespace Commerce.Catalog.Tests.Reserving;

/// <summary>The reservation rule as one would say it, one command at a time: look at all lines first, then take.</summary>
internal sealed class SequentialModel(IReadOnlyDictionary<Guid, FruitStock> stock)
{
    public Dictionary<Guid, FruitStock> Stock { get; } = new(stock);

    public Dictionary<Guid, (ReservationStatus Status, OrderLine[] Lines, object? Answer)> Orders { get; } = [];

    public object? Handle(OrderCommand command) =>
        command switch
        {
            OrderCommand.Reserve reserve => Reserve(reserve),
            OrderCommand.Confirm => Confirm(command.OrderId),
            _ => Release(command.OrderId),
        };

    private object? Reserve(OrderCommand.Reserve order)
    {
        if (Orders.TryGetValue(order.OrderId, out var known))
            return known.Status == ReservationStatus.Released ? null : known.Answer;

        for (var i = 0; i < order.Lines.Count; i++)
        {
            var line = order.Lines[i];
            var wanted = order.Lines.Take(i + 1).Where(l => l.FruitId == line.FruitId).Sum(l => l.Quantity);
            string? reason =
                !Stock.TryGetValue(line.FruitId, out var fruit) || !fruit.ForSale ? OrderReasons.NotForSale
                : fruit.PriceKrw != line.UnitPriceKrw ? OrderReasons.PriceChanged
                : fruit.Available < wanted ? OrderReasons.OutOfStock
                : null;
            if (reason is null)
                continue;
            var rejected = new StockRejected(order.OrderId, reason, line.FruitId);
            Orders[order.OrderId] = (ReservationStatus.Rejected, [], rejected);
            return rejected;
        }
        foreach (var line in order.Lines)
            Move(line, -1);
        var reserved = new StockReserved(order.OrderId, default);
        Orders[order.OrderId] = (ReservationStatus.Held, [.. order.Lines], reserved);
        return reserved;
    }

    private object? Confirm(Guid orderId)
    {
        if (Orders.TryGetValue(orderId, out var order) && order.Status == ReservationStatus.Held)
            Orders[orderId] = order with { Status = ReservationStatus.Confirmed };
        return null;
    }

    private StockReleased? Release(Guid orderId)
    {
        var known = Orders.TryGetValue(orderId, out var order);
        if (known && order.Status is ReservationStatus.Rejected or ReservationStatus.Released)
            return null;
        foreach (var line in order.Lines ?? [])
            Move(line, +1);
        Orders[orderId] = (ReservationStatus.Released, order.Lines ?? [], null);
        return new StockReleased(orderId);
    }

    private void Move(OrderLine line, int sign)
    {
        var fruit = Stock[line.FruitId];
        Stock[line.FruitId] = fruit with { Available = fruit.Available + sign * line.Quantity };
    }
}
