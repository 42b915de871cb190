using Commerce.Bench.Platform;
using Npgsql;

namespace Commerce.Bench.Grow;

/// <summary>
/// Makes a young market old: copies of the fruits and orders that it has, under new ids, written by SQL into every database
/// that would know them. Nothing is published of them.
/// </summary>
internal sealed class Growth(BenchPlatform platform)
{
    private const string FruitId = "md5('fruit ' || g)::uuid";

    /// <summary>What triggers would keep is written as well; one call and one look at a foreign key for each row take minutes.</summary>
    private const string WithoutTriggers = "set session_replication_role = replica";

    /// <summary>Below every UUIDv7 of today, so that they are the oldest.</summary>
    private const string OrderId = "('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid";

    private int _fruits;
    private int _orders;

    /// <summary>Until so many were added in all.</summary>
    public async Task FruitsAsync(int count)
    {
        var numbers = $"generate_series({_fruits + 1}, {count}) g";
        var templates = "(select *, row_number() over (order by id) - 1 as n from fruits order by id limit 50)";
        await CopyAsync(
            "catalogdb",
            "fruits",
            $"from {numbers} join {templates} t on t.n = g % 50",
            new()
            {
                ["id"] = FruitId,
                ["farm_id"] = "(array(select id from farms order by id))[1 + g % (select count(*)::int from farms)]",
                ["name"] = "t.name || ' ' || g",
                ["code"] = "null",
                ["brix"] = "t.brix + g % 20 * 0.1",
                ["price_krw"] = "t.price_krw + g % 61 * 500",
                ["rating_sum"] = "g % 40 * 4",
                ["review_count"] = "g % 40",
                ["search_text"] = "t.search_text || ' ' || g % 1000",
                ["for_sale"] = "true",
                ["in_stock"] = "true",
                ["in_season"] = "is_season(t.season_from, t.season_to, (select month from season))",
                ["withdrawn"] = "false",
            }
        );
        await ExecuteAsync(
            "catalogdb",
            $"""
            {WithoutTriggers};
            insert into stock (fruit_id, available) select {FruitId}, 500 from {numbers};
            truncate fruit_counts;
            insert into fruit_counts
            select f.category, farm.region, farm.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw,
              count(*)
            from fruits f join farms farm on farm.id = f.farm_id where f.for_sale group by 1, 2, 3, 4, 5, 6, 7, 8
            """
        );
        await CopyAsync(
            "orderdb",
            "fruit_copies",
            $"from {numbers} cross join (select * from fruit_copies limit 1) t",
            new() { ["fruit_id"] = FruitId, ["for_sale"] = "true" }
        );
        _fruits = count;
    }

    /// <summary>Copies of one order that was confirmed, each with all that the services keep of it.</summary>
    public async Task OrdersAsync(int count)
    {
        var numbers = $"generate_series({_orders + 1}, {count}) g";
        var order = await OneOrderAsync();
        foreach (
            var (database, table, key) in new[]
            {
                ("orderdb", "orders", "id"),
                ("orderdb", "order_lines", "order_id"),
                ("orderdb", "timeline", "order_id"),
                ("catalogdb", "reservations", "order_id"),
                ("catalogdb", "reservation_lines", "order_id"),
                ("paymentdb", "payments", "order_id"),
                ("deliverydb", "deliveries", "order_id"),
            }
        )
        {
            await CopyAsync(
                database,
                table,
                $"from {numbers} cross join (select * from {table} where {key} = '{order}') t",
                new() { [key] = OrderId, ["event_id"] = "gen_random_uuid()" }
            );
        }

        _orders = count;
    }

    /// <summary>What autovacuum would have done over the months.</summary>
    public async Task SettleAsync()
    {
        foreach (var database in new[] { "catalogdb", "orderdb", "paymentdb", "deliverydb" })
        {
            await ExecuteAsync(database, "vacuum analyze");
        }

        await ExecuteAsync("postgres", "checkpoint");
    }

    private Task<Guid> OneOrderAsync() =>
        ScalarAsync<Guid>(
            "orderdb",
            "select id from orders where status = 'Confirmed' and delivery_status = 'READY' order by id desc limit 1"
        );

    private async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var connection = await platform.OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="others">Expressions for columns that are not taken from the template <c>t</c>.</param>
    private async Task CopyAsync(string database, string table, string from, Dictionary<string, string> others)
    {
        var columns = new List<string>();
        await using (var connection = await platform.OpenAsync(database))
        {
            await using var command = new NpgsqlCommand(
                """
                select attname from pg_attribute
                where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
                """,
                connection
            )
            {
                Parameters = { new() { Value = table } },
            };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                columns.Add(reader.GetString(0));
            }
        }

        var values = columns.Select(column => others.GetValueOrDefault(column, "t." + column));
        await ExecuteAsync(
            database,
            $"{WithoutTriggers}; insert into {table} ({string.Join(", ", columns)}) select {string.Join(", ", values)} {from}"
        );
    }

    private async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await platform.OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
