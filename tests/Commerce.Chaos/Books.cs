using System.Net.Http.Headers;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Dapper;

namespace Commerce.Chaos;

internal sealed record OrderRow(
    Guid Id,
    Guid AccountId,
    string Status,
    string? Reason,
    string PaymentStatus,
    long TotalKrw,
    bool Overdue
);

internal sealed record TimelineRow(Guid OrderId, string Event, DateTime At);

internal sealed record PaymentRow(Guid OrderId, string State, long? CapturedKrw);

internal sealed record StockRow(Guid FruitId, int Available, long Moved, long Lots, long Held, long ByOrders);

internal sealed record EventRow(Guid Id, string Type);

internal sealed record ReservationRow(Guid OrderId, string Status);

internal sealed record DeliveryRow(Guid OrderId, string Status);

/// <summary>What the provider's books say about one order. Amounts in whole KRW.</summary>
internal sealed record LedgerRow(Guid OrderId, int Charges, int Refunds, long BalanceKrw);

/// <summary>A consumer, what it takes, and what it has handled.</summary>
internal sealed record ConsumerBooks(
    string Service,
    string Consumer,
    IReadOnlyList<string> Topics,
    IReadOnlySet<string> EventTypes,
    IReadOnlySet<Guid> Handled,
    long Retrying,
    long DeadLetters
)
{
    /// <summary>Those of the topic's events that it takes and has not handled.</summary>
    public IEnumerable<EventRow> Missing(IEnumerable<EventRow> events) =>
        events.Where(e => EventTypes.Contains(e.Type) && !Handled.Contains(e.Id));
}

/// <summary>Everything that the services wrote down, read from their databases and the provider's ledger.</summary>
internal sealed record Books(
    IReadOnlyList<OrderRow> Orders,
    IReadOnlyList<TimelineRow> Timeline,
    IReadOnlyList<PaymentRow> Payments,
    IReadOnlyList<LedgerRow> Ledger,
    IReadOnlyList<StockRow> Stock,
    IReadOnlyList<ReservationRow> Reservations,
    IReadOnlyList<DeliveryRow> Deliveries,
    IReadOnlyDictionary<string, IReadOnlyList<EventRow>> Outboxes,
    IReadOnlyList<ConsumerBooks> Consumers
)
{
    private static readonly string[] Services = ["identity", "catalog", "order", "payment", "delivery"];

    public static async Task<Books> ReadAsync(PlatformUnderTest platform, string adminToken)
    {
        await using var order = await platform.OpenAsync("orderdb");
        await using var catalog = await platform.OpenAsync("catalogdb");
        await using var payment = await platform.OpenAsync("paymentdb");
        await using var delivery = await platform.OpenAsync("deliverydb");
        var orders = await ListAsync<OrderRow>(
            order,
            "select id, account_id, status, reason, payment_status, total_krw, expires_at < now() as overdue from orders"
        );
        var ledger = new List<LedgerRow>();
        foreach (var row in orders)
        {
            var (charges, refunds, balance) = await platform.LedgerAsync(row.Id);
            ledger.Add(new LedgerRow(row.Id, charges, refunds, balance));
        }

        var outboxes = new Dictionary<string, IReadOnlyList<EventRow>>();
        var consumers = new List<ConsumerBooks>();
        foreach (var service in Services)
        {
            await using var database = await platform.OpenAsync($"{service}db");
            outboxes[$"commerce.{service}"] = await ListAsync<EventRow>(
                database,
                "select id, type from outbox where topic is null"
            );
            foreach (var consumer in await ConsumersAsync(platform, service, adminToken))
            {
                var name = consumer.Key;
                var handled = await database.QueryAsync<Guid>(
                    "select event_id from inbox where consumer = @name",
                    new { name }
                );
                consumers.Add(
                    new ConsumerBooks(
                        service,
                        name,
                        [.. consumer.Select(one => one.Topic)],
                        consumer.SelectMany(one => one.EventTypes).ToHashSet(StringComparer.Ordinal),
                        handled.ToHashSet(),
                        await database.ExecuteScalarAsync<long>(
                            "select count(*) from retries where consumer = @name",
                            new { name }
                        ),
                        await database.ExecuteScalarAsync<long>(
                            "select count(*) from dead_letters where consumer = @name and redriven_at is null",
                            new { name }
                        )
                    )
                );
            }
        }

        return new Books(
            orders,
            await ListAsync<TimelineRow>(order, "select order_id, event, at from timeline"),
            await ListAsync<PaymentRow>(payment, "select order_id, state, captured_krw from payments"),
            ledger,
            await ListAsync<StockRow>(catalog, StockSql),
            await ListAsync<ReservationRow>(catalog, "select order_id, status from reservations"),
            await ListAsync<DeliveryRow>(delivery, "select order_id, status from deliveries"),
            outboxes,
            consumers
        );
    }

    private const string StockSql = """
        select s.fruit_id, s.available,
          coalesce((select sum(delta) from stock_movements m where m.fruit_id = s.fruit_id), 0) as moved,
          coalesce((select sum(quantity) from lots l where l.fruit_id = s.fruit_id), 0) as lots,
          coalesce((
            select sum(l.quantity) from reservation_lines l join reservations r using (order_id)
            where l.fruit_id = s.fruit_id and r.status in ('held', 'confirmed')), 0) as held,
          coalesce((
            select -sum(delta) from stock_movements m
            where m.fruit_id = s.fruit_id and m.reason in ('order', 'order-released')), 0) as by_orders
        from stock s
        """;

    private static async Task<ILookup<string, ConsumerStatus>> ConsumersAsync(
        PlatformUnderTest platform,
        string service,
        string adminToken
    )
    {
        using var http = new HttpClient { BaseAddress = new Uri(platform.Urls[service]) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
        var status = await http.GetFromJsonAsync<MessagingStatus>(new Uri("messaging", UriKind.Relative));
        return status!.Consumers.ToLookup(consumer => consumer.Name);
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(Npgsql.NpgsqlConnection connection, string sql)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return [.. await connection.QueryAsync<T>(sql)];
    }
}
