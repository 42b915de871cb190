using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>order.delivered: the account has received these fruits and may review them.</summary>
internal sealed class ReviewEligibility : IEventHandler<OrderDelivered>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<OrderDelivered>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var received = events
            .Select(e => e.Input)
            .SelectMany(order => order.Lines, (order, line) => (order.AccountId, line.FruitId))
            .Distinct()
            .Order()
            .ToList();
        await using var insert = new NpgsqlCommand(
            """
            insert into purchases (account_id, fruit_id) select * from unnest($1, $2)
            on conflict (account_id, fruit_id) do nothing
            """,
            batch.Connection,
            batch.Transaction
        )
        {
            Parameters =
            {
                new() { Value = received.Select(r => r.AccountId).ToArray() },
                new() { Value = received.Select(r => r.FruitId).ToArray() },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
