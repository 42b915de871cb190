using System.Globalization;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Npgsql;

namespace Commerce.Bench.Checkout;

/// <summary>Everybody wants the same fruit. Beside it: the same with many fruits, and one guarded UPDATE and INSERT per order.</summary>
internal sealed class HotBench : IBench
{
    private const int Clients = 32;

    public string Name => "hot";

    public async Task<BenchResult> RunAsync(BenchSettings settings)
    {
        await using var platform = await BenchPlatform.StartAsync();
        using var market = await Market.OpenAsync(platform, BusyMarket.Shoppers, settings.Fruits);
        var hot = market.Fruits[0];
        using var many = new OrderLoad(platform, market, market.Fruits);
        using var one = new OrderLoad(platform, market, [hot]);
        await one.MostAsync(BusyMarket.Shoppers, settings.Duration);

        var (hotMost, manyMost, updates) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < settings.Repetitions; i++)
        {
            hotMost.Add((await one.MostAsync(BusyMarket.Shoppers, settings.Duration)).PerSecond);
            manyMost.Add((await many.MostAsync(BusyMarket.Shoppers, settings.Duration)).PerSecond);
            updates.Add(await GuardedUpdatesAsync(platform, settings.Duration));
        }

        var ours = new Figure("orders for one fruit confirmed per second", "orders/s", hotMost);
        var spread = new Figure("peer: orders over many fruits", "orders/s", manyMost);
        var update = new Figure("limit: guarded UPDATE and INSERT, one order at a time", "orders/s", updates);
        return new BenchResult(
            Name,
            [ours, spread, update, Figure.Once("boxes sold too many", "boxes", await OversoldAsync(platform))],
            [
                Goal.Ratio("hot fruit, × many fruits", ours, spread, 0.8),
                Goal.Ratio("hot fruit, × guarded UPDATE", ours, update, 10),
            ],
            [],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The guarded UPDATE: {Clients} clients, no HTTP, no saga, durable, all on one row."
                ),
            ]
        );
    }

    /// <summary>What most shops do: the row's lock is held over the commit, so orders for one fruit wait for each other.</summary>
    private static async Task<double> GuardedUpdatesAsync(BenchPlatform platform, TimeSpan duration)
    {
        await using var admin = await platform.OpenAsync("catalogdb");
        await using var prepare = new NpgsqlCommand(
            """
            drop schema if exists bench_hot cascade;
            create schema bench_hot;
            create table bench_hot.stock (fruit_id int primary key, available int not null) with (fillfactor = 50);
            create table bench_hot.orders (id uuid primary key, fruit_id int not null);
            insert into bench_hot.stock values (1, 1000000000)
            """,
            admin
        );
        await prepare.ExecuteNonQueryAsync();
        var clients = new List<(NpgsqlConnection Connection, NpgsqlCommand Command)>();
        for (var i = 0; i < Clients; i++)
        {
            var connection = await platform.OpenAsync("catalogdb");
            var command = new NpgsqlCommand(
                """
                with taken as (
                  update bench_hot.stock set available = available - 1 where fruit_id = 1 and available >= 1 returning fruit_id
                )
                insert into bench_hot.orders select $1, fruit_id from taken
                """,
                connection
            )
            {
                Parameters = { new NpgsqlParameter<Guid>() },
            };
            await command.PrepareAsync();
            clients.Add((connection, command));
        }

        try
        {
            var (done, seconds) = await ClosedLoop.RunAsync(
                Clients,
                duration,
                (client, _) =>
                {
                    clients[client].Command.Parameters[0].Value = Guid.CreateVersion7();
                    return clients[client].Command.ExecuteNonQueryAsync();
                }
            );
            return done / seconds;
        }
        finally
        {
            foreach (var (connection, command) in clients)
            {
                await command.DisposeAsync();
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Boxes that orders hold beyond those that came in, over all fruits.</summary>
    private static async Task<double> OversoldAsync(BenchPlatform platform)
    {
        await using var connection = await platform.OpenAsync("catalogdb");
        await using var command = new NpgsqlCommand(
            """
            select coalesce(sum(greatest(0, held.boxes + s.available - came.boxes)), 0)::float8
            from stock s
            join (select fruit_id, sum(quantity) boxes from lots group by fruit_id) came using (fruit_id)
            join (
              select l.fruit_id, sum(l.quantity) boxes from reservation_lines l join reservations r using (order_id)
              where r.status in ('held', 'confirmed') group by l.fruit_id
            ) held using (fruit_id)
            """,
            connection
        );
        return (double)(await command.ExecuteScalarAsync())!;
    }
}
