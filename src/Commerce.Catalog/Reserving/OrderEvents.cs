using Commerce.Catalog.Live;
using Commerce.Contracts.Events;
using Commerce.Messaging;

namespace Commerce.Catalog.Reserving;

/// <summary>What Order's events do to the stock.</summary>
internal static class OrderEvents
{
    public static async Task HandleAsync(EventBatch batch, ShopCache cache, CancellationToken cancellationToken)
    {
        var asked = batch
            .Events.Select(e => (Event: e, Command: Command(e.Data)))
            .Where(a => a.Command is not null)
            .ToList();
        if (asked.Count == 0)
            return;

        var commands = asked.ConvertAll(a => a.Command!);
        var before = await ReservationStore.LockAsync(batch, commands, cancellationToken);
        var decision = Reservations.Decide(before.Stock, before.Reservations, commands, before.Now);
        ReservationStore.Write(batch, before, decision);

        foreach (var ((cause, command), answer) in asked.Zip(decision.Answers))
        {
            if (answer is not null)
                batch.Publish(command!.OrderId, answer, cause);
        }
        ShowAfterCommit(batch, cache, before, decision);
    }

    private static OrderCommand? Command(object data) =>
        data switch
        {
            OrderPlaced placed => new OrderCommand.Reserve(placed.OrderId, placed.Lines),
            OrderConfirmed confirmed => new OrderCommand.Confirm(confirmed.OrderId),
            OrderCancelled cancelled => new OrderCommand.Release(cancelled.OrderId),
            _ => null,
        };

    private static void ShowAfterCommit(
        EventBatch batch,
        ShopCache cache,
        ReservationStore.State before,
        Decision decision
    )
    {
        var changed = decision.Stock.Where(s => before.Stock[s.Key] != s.Value).ToList();
        if (changed.Count > 0)
        {
            batch.AfterCommit(_ =>
            {
                cache.StockChanged(changed.Select(s => (s.Key, before.Stock[s.Key].Available, s.Value.Available)));
                return Task.CompletedTask;
            });
        }
        // Lists are cached for seconds and may lag by some boxes, but sold out and back again show at once.
        if (changed.Exists(s => s.Value.Available == 0 || before.Stock[s.Key].Available == 0))
            batch.AfterCommit(_ => cache.InvalidateAsync());
    }
}
