using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Npgsql;

namespace Commerce.Bench.Checkout;

/// <summary>Where an order's time goes, by what its timeline says: each stage is a commit, the relay, the broker and a batch.</summary>
internal static class Stages
{
    private static readonly string[] Events =
    [
        "order.placed",
        "stock.reserved",
        "payment.captured",
        "order.confirmed",
        "delivery.scheduled",
    ];

    /// <param name="since">Of the orders placed from then on.</param>
    public static async Task<IReadOnlyList<Figure>> ReadAsync(BenchPlatform platform, DateTime since)
    {
        await using var connection = await platform.OpenAsync("orderdb");
        await using var command = new NpgsqlCommand(
            """
            select percentile_cont(array[0.5, 0.99]) within group (
              order by extract(epoch from second.at - first.at) * 1000)
            from timeline first join timeline second using (order_id)
            where first.event = $1 and second.event = $2
              and first.order_id in (select id from orders where placed_at >= $3)
            """,
            connection
        )
        {
            Parameters =
            {
                new(),
                new(),
                new() { Value = since },
            },
        };
        var figures = new List<Figure>();
        foreach (var (from, to) in Events.Zip(Events.Skip(1)))
        {
            (command.Parameters[0].Value, command.Parameters[1].Value) = (from, to);
            if (await command.ExecuteScalarAsync() is double[] percentiles)
            {
                figures.Add(Figure.Once($"{from} → {to}, p50", "ms", percentiles[0]));
                figures.Add(Figure.Once($"{from} → {to}, p99", "ms", percentiles[1]));
            }
        }

        return figures;
    }
}
