using System.Data;
using Commerce.Bench.Core;
using Commerce.Bench.Platform;
using Commerce.Messaging.Kafka;
using Npgsql;

namespace Commerce.Bench.Checkout;

/// <summary>
/// The limit beside the checkout: a program without HTTP, broker, saga or telemetry that writes the rows which an order of the
/// platform leaves behind, one transaction per order and database, into copies of the same tables in the same PostgreSQL. The
/// rows are those of an order that the platform confirmed, under new ids.
/// </summary>
internal sealed class HandWrittenSql
{
    private const string Schema = "bench_limit";

    /// <summary>Which rows belong to an order. The events that a service has handled are those that the others published of it.</summary>
    private static readonly Dictionary<string, (string Table, string Where)[]> Rows = new(StringComparer.Ordinal)
    {
        ["orderdb"] =
        [
            ("orders", "id = @order"),
            ("order_lines", "order_id = @order"),
            ("timeline", "order_id = @order"),
            ("idempotency_keys", "location = '/orders/' || @order::text"),
            ("outbox", "subject = @order"),
            ("inbox", "event_id = any(@events)"),
        ],
        ["catalogdb"] =
        [
            ("reservations", "order_id = @order"),
            ("reservation_lines", "order_id = @order"),
            ("outbox", "subject = @order"),
            ("inbox", "event_id = any(@events)"),
        ],
        ["paymentdb"] =
        [
            ("payments", "order_id = @order"),
            ("outbox", "subject = @order"),
            ("inbox", "event_id = any(@events)"),
        ],
        ["deliverydb"] =
        [
            ("deliveries", "order_id = @order"),
            ("outbox", "subject = @order"),
            ("inbox", "event_id = any(@events)"),
        ],
    };

    private sealed record Column(string Name, string Type, object Value);

    private sealed record Row(string Table, IReadOnlyList<Column> Columns);

    private readonly BenchPlatform _platform;
    private readonly Dictionary<string, List<Row>> _template = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<Guid> _fruits;
    private HashSet<Guid> _ids = [];

    private HandWrittenSql(BenchPlatform platform, IReadOnlyList<Guid> fruits) =>
        (_platform, _fruits) = (platform, fruits);

    /// <param name="fruits">Whose stock is taken, one box per order.</param>
    public static async Task<HandWrittenSql> PrepareAsync(BenchPlatform platform, IReadOnlyList<Guid> fruits)
    {
        var limit = new HandWrittenSql(platform, fruits);
        var order = await limit.ConfirmedOrderAsync();
        var events = new List<Guid>();
        foreach (var database in Rows.Keys)
        {
            await using var connection = await platform.OpenAsync(database);
            await using var command = new NpgsqlCommand("select id from outbox where subject = $1", connection)
            {
                Parameters = { new() { Value = order } },
            };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                events.Add(reader.GetGuid(0));
            }
        }

        limit._ids = [order, .. events];
        foreach (var (database, tables) in Rows)
        {
            await using var connection = await platform.OpenAsync(database);
            limit._template[database] = await CopyAsync(connection, tables, order, [.. events]);
        }

        await using var catalog = await platform.OpenAsync("catalogdb");
        await ExecuteAsync(
            catalog,
            $"""
            create table {Schema}.stock (like public.stock including all) with (fillfactor = 50);
            insert into {Schema}.stock select * from public.stock
            """
        );
        return limit;
    }

    /// <returns>Orders per second, CPU-ms per order of PostgreSQL and of this program, bytes of WAL per order.</returns>
    public async Task<(double PerSecond, double CpuMs, double WalBytes)> MostAsync(int clients, TimeSpan duration)
    {
        var writers = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Writer.OpenAsync(this)));
        try
        {
            // Preparing the statements is not what is measured.
            await ClosedLoop.RunAsync(clients, TimeSpan.FromSeconds(1), (client, n) => writers[client].WriteAsync(n));
            var cpu = await CpuAsync();
            var wal = await _platform.WalBytesAsync();
            var (done, seconds) = await ClosedLoop.RunAsync(
                clients,
                duration,
                (client, n) => writers[client].WriteAsync(n)
            );
            return (
                done / seconds,
                (await CpuAsync() - cpu) * 1000 / done,
                (await _platform.WalBytesAsync() - wal) / (double)done
            );
        }
        finally
        {
            foreach (var writer in writers)
            {
                await writer.DisposeAsync();
            }
        }
    }

    private async Task<double> CpuAsync() =>
        _platform.CpuSeconds()["postgres"] + Environment.CpuUsage.TotalTime.TotalSeconds;

    private async Task<Guid> ConfirmedOrderAsync()
    {
        await using var connection = await _platform.OpenAsync("orderdb");
        await using var command = new NpgsqlCommand(
            "select id from orders where status = 'Confirmed' and delivery_status = 'READY' order by id desc limit 1",
            connection
        );
        return (Guid)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<List<Row>> CopyAsync(
        NpgsqlConnection connection,
        (string Table, string Where)[] tables,
        Guid order,
        Guid[] events
    )
    {
        await ExecuteAsync(connection, $"drop schema if exists {Schema} cascade; create schema {Schema}");
        var rows = new List<Row>();
        foreach (var (table, where) in tables)
        {
            await ExecuteAsync(connection, $"create table {Schema}.{table} (like public.{table} including all)");
            await using var command = new NpgsqlCommand($"select * from public.{table} where {where}", connection)
            {
                Parameters = { new("order", order), new("events", events) },
            };
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.KeyInfo);
            var schema = await reader.GetColumnSchemaAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(
                    new Row(
                        table,
                        [
                            .. from column in schema
                            where column.IsIdentity is not true
                            select new Column(
                                column.ColumnName,
                                column.DataTypeName!,
                                reader.GetValue(column.ColumnOrdinal!.Value)
                            ),
                        ]
                    )
                );
            }
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One client: a connection and a prepared batch per database.</summary>
    private sealed class Writer : IAsyncDisposable
    {
        private readonly HandWrittenSql _limit;
        private readonly List<(NpgsqlConnection Connection, NpgsqlBatch Batch)> _databases = [];
        private readonly List<(NpgsqlParameter Parameter, Guid Old)> _newIds = [];
        private readonly List<NpgsqlParameter> _newKeys = [];
        private NpgsqlParameter? _fruit;

        private Writer(HandWrittenSql limit) => _limit = limit;

        public static async Task<Writer> OpenAsync(HandWrittenSql limit)
        {
            var writer = new Writer(limit);
            foreach (var (database, rows) in limit._template)
            {
                var connection = await limit._platform.OpenAsync(database);
                var batch = new NpgsqlBatch(connection);
                foreach (var row in rows)
                {
                    batch.BatchCommands.Add(writer.Insert(row));
                }

                if (database == "catalogdb")
                {
                    writer._fruit = new NpgsqlParameter<Guid> { TypedValue = limit._fruits[0] };
                    batch.BatchCommands.Add(
                        new NpgsqlBatchCommand(
                            $"update {Schema}.stock set available = available - 1 where fruit_id = $1 and available > 0"
                        )
                        {
                            Parameters = { writer._fruit },
                        }
                    );
                }

                await batch.PrepareAsync();
                writer._databases.Add((connection, batch));
            }

            return writer;
        }

        /// <summary>A batch is one transaction; the four databases commit beside each other.</summary>
        public Task<int[]> WriteAsync(int number)
        {
            var ids = _limit._ids.ToDictionary(old => old, _ => Guid.CreateVersion7());
            foreach (var (parameter, old) in _newIds)
            {
                parameter.Value = ids[old];
            }

            foreach (var key in _newKeys)
            {
                key.Value = Guid.NewGuid().ToString("N");
            }

            _fruit!.Value = _limit._fruits[number % _limit._fruits.Count];
            return Task.WhenAll(_databases.Select(database => database.Batch.ExecuteNonQueryAsync()));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (connection, batch) in _databases)
            {
                await batch.DisposeAsync();
                await connection.DisposeAsync();
            }
        }

        private NpgsqlBatchCommand Insert(Row row)
        {
            var names = string.Join(", ", row.Columns.Select(column => column.Name));
            var places = string.Join(", ", row.Columns.Select((_, i) => $"${i + 1}"));
            var command = new NpgsqlBatchCommand($"insert into {Schema}.{row.Table} ({names}) values ({places})");
            foreach (var column in row.Columns)
            {
                var parameter = new NpgsqlParameter { Value = column.Value, DataTypeName = column.Type };
                command.Parameters.Add(parameter);
                if (column.Value is Guid id && _limit._ids.Contains(id))
                {
                    _newIds.Add((parameter, id));
                }
                else if (row.Table == "idempotency_keys" && column.Name == "key")
                {
                    _newKeys.Add(parameter);
                }
            }

            return command;
        }
    }
}
