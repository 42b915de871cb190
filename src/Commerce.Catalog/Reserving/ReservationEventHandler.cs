using Commerce.Catalog.Listings;
using Commerce.Catalog.Stock;
using Commerce.Messaging.Consumers;

namespace Commerce.Catalog.Reserving;

/// <summary>What Order's events do to the stock.</summary>
internal sealed class ReservationEventHandler(StockNotifier notifier, ListingCache cache) : IEventHandler<OrderCommand>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<OrderCommand>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var commands = events.Select(e => e.Input).ToList();
        var before = await ReservationStore.LockAsync(batch, commands, cancellationToken);
        var decision = Reservations.Decide(before.Stock, before.Reservations, commands, before.Now);
        ReservationStore.Write(batch, before, decision);

        foreach (var (asked, answer) in events.Zip(decision.Answers))
        {
            if (answer is not null)
                batch.Publish(asked.Input.OrderId, answer, asked.Event);
        }
        ShowAfterCommit(batch, before, decision);
    }

    private void ShowAfterCommit(EventBatch batch, ReservationStore.State before, Decision decision)
    {
        var changed = decision.Stock.Where(s => before.Stock[s.Key] != s.Value).ToList();
        if (changed.Count > 0)
        {
            batch.AfterCommit(_ =>
            {
                notifier.StockChanged(changed.Select(s => (s.Key, before.Stock[s.Key].Available, s.Value.Available)));
                return Task.CompletedTask;
            });
        }
        // Lists are cached for seconds and may lag by some boxes, but sold out and back again show at once.
        if (changed.Exists(s => s.Value.Available == 0 || before.Stock[s.Key].Available == 0))
            batch.AfterCommit(_ => cache.InvalidateAsync());
    }
}
