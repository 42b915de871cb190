using Commerce.Contracts.Events;
using Commerce.Messaging;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>order.delivered: the account has received these fruits and may review them.</summary>
internal static class Purchases
{
    public static async Task RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var received = batch
            .Events.Select(e => e.Data)
            .OfType<OrderDelivered>()
            .SelectMany(order => order.Lines, (order, line) => (order.AccountId, line.FruitId))
            .Distinct()
            .Order()
            .ToList();
        if (received.Count == 0)
            return;

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
