using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Contracts.Market;
using Commerce.Data.Batches;
using Commerce.Messaging.Outbox;
using Commerce.Order.Ledger;
using Dapper;
using Npgsql;

namespace Commerce.Order.Orders;

/// <summary>Reads orders under a lock and writes what was decided: a few set-based statements, however many orders there are.</summary>
internal sealed class OrderStore(IOutbox outbox, OrderDecider decider, MarketOptions market)
{
    private const string Columns = """
        id, account_id, status, reason, payment_status, delivery_status, tracking_number, waiting_for,
        total_krw, refund_reason, payment_token, placed_at, expires_at, next_check_at, asked as retries, trace_parent
        """;

    /// <summary>For orders that begin at this moment, which is database time.</summary>
    public OrderUnitOfWork Begin(DateTimeOffset now) => new(decider, [], now);

    /// <summary>Locks these orders, in id order so that two transactions cannot wait for each other.</summary>
    public Task<OrderUnitOfWork> LockAsync(
        NpgsqlTransaction transaction,
        Guid[] orderIds,
        CancellationToken cancellationToken
    ) =>
        LockAsync(
            transaction,
            $"select {Columns} from orders where id = any(@orderIds) order by id for no key update",
            new { orderIds },
            cancellationToken
        );

    /// <summary>Locks one order if it belongs to <paramref name="accountId"/> or that is null (an admin's).</summary>
    public Task<OrderUnitOfWork> LockOwnAsync(
        NpgsqlTransaction transaction,
        Guid orderId,
        Guid? accountId,
        CancellationToken cancellationToken
    ) =>
        LockAsync(
            transaction,
            $"""
            select {Columns} from orders
            where id = any(@orderIds) and (@accountId::uuid is null or account_id = @accountId)
            for no key update
            """,
            new { orderIds = new[] { orderId }, accountId },
            cancellationToken
        );

    /// <summary>Locks up to <paramref name="limit"/> overdue orders that nobody else holds.</summary>
    public async Task<OrderUnitOfWork> LockDueAsync(
        NpgsqlTransaction transaction,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var due = await transaction.Connection!.QueryAsync<Guid>(
            new CommandDefinition(
                """
                select id from orders
                where next_check_at <= clock_timestamp()
                order by next_check_at limit @limit
                for no key update skip locked
                """,
                new { limit },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return await LockAsync(transaction, [.. due], cancellationToken);
    }

    /// <summary>Writes the orders, their timelines and the events to publish.</summary>
    public async Task SaveAsync(
        NpgsqlTransaction transaction,
        OrderUnitOfWork changes,
        CancellationToken cancellationToken
    )
    {
        await using var writes = new NpgsqlBatch(transaction.Connection, transaction);
        Save(writes, changes);
        await writes.WriteAsync(cancellationToken);
    }

    /// <summary>Adds the statements that write the orders, their timelines and the events to publish.</summary>
    public void Save(NpgsqlBatch writes, OrderUnitOfWork changes)
    {
        if (changes.Changed.Count == 0)
        {
            return;
        }

        var started = changes.Started.Select(order => order.Id).ToHashSet();
        Insert(writes, changes);
        Update(writes, [.. changes.Orders.Where(order => !started.Contains(order.Id))], changes.Now);
        WriteTimeline(writes, changes.Timeline);
        Settle(writes, changes.Orders);
        outbox.Append(writes, changes.Outgoing);
    }

    private static void Insert(NpgsqlBatch writes, OrderUnitOfWork changes)
    {
        var orders = changes.Started;
        if (orders.Count == 0)
        {
            return;
        }

        var states = orders.Select(order => changes[order.Id]).ToArray();
        writes.Add(
            """
            insert into orders (id, account_id, status, payment_status, total_krw, payment_token, recipient, phone,
                postal_code, line1, line2, placed_at, expires_at, next_check_at, trace_parent)
            select * from unnest(@ids, @accounts, @statuses, @payments, @totals, @tokens, @recipients, @phones,
                @postalCodes, @lines1, @lines2, @placed, @expire, @checks, @traces)
            """,
            new
            {
                ids = Array.ConvertAll(states, o => o.Id),
                accounts = Array.ConvertAll(states, o => o.AccountId),
                statuses = Array.ConvertAll(states, o => o.Status.ToString()),
                payments = Array.ConvertAll(states, o => o.PaymentStatus),
                totals = Array.ConvertAll(states, o => o.TotalKrw),
                tokens = Array.ConvertAll(states, o => o.PaymentToken),
                recipients = orders.Select(o => o.Address.Recipient).ToArray(),
                phones = orders.Select(o => o.Address.Phone).ToArray(),
                postalCodes = orders.Select(o => o.Address.PostalCode).ToArray(),
                lines1 = orders.Select(o => o.Address.Line1).ToArray(),
                lines2 = orders.Select(o => o.Address.Line2).ToArray(),
                placed = Array.ConvertAll(states, o => o.PlacedAt),
                expire = Array.ConvertAll(states, o => o.ExpiresAt),
                checks = Array.ConvertAll(states, o => o.NextCheckAt),
                traces = Array.ConvertAll(states, o => o.TraceParent),
            }
        );
        var lines = orders
            .SelectMany(order => order.Lines.Select((line, i) => (order.Id, Position: (short)(i + 1), Line: line)))
            .ToArray();
        writes.Add(
            """
            insert into order_lines (order_id, position, fruit_id, farm_id, name, name_en, farm_name, image_url, quantity,
                unit_price_krw)
            select * from unnest(@orders, @positions, @fruits, @farms, @names, @namesEn, @farmNames, @images, @quantities,
                @prices)
            """,
            new
            {
                orders = Array.ConvertAll(lines, l => l.Id),
                positions = Array.ConvertAll(lines, l => l.Position),
                fruits = Array.ConvertAll(lines, l => l.Line.FruitId),
                farms = Array.ConvertAll(lines, l => l.Line.FarmId),
                names = Array.ConvertAll(lines, l => l.Line.Name),
                namesEn = Array.ConvertAll(lines, l => l.Line.NameEn),
                farmNames = Array.ConvertAll(lines, l => l.Line.FarmName),
                images = Array.ConvertAll(lines, l => l.Line.ImageUrl),
                quantities = Array.ConvertAll(lines, l => l.Line.Quantity),
                prices = Array.ConvertAll(lines, l => l.Line.UnitPriceKrw),
            }
        );
    }

    private static void Update(NpgsqlBatch writes, OrderState[] orders, DateTimeOffset now)
    {
        if (orders.Length == 0)
        {
            return;
        }

        writes.Add(
            """
            update orders o
            set status = c.status, reason = c.reason, payment_status = c.payment_status,
                delivery_status = c.delivery_status, tracking_number = c.tracking_number,
                waiting_for = string_to_array(c.waiting_for, ',')::uuid[],
                confirmed_at = coalesce(o.confirmed_at, case when c.status = 'Confirmed' then @now end),
                ships_on = coalesce(o.ships_on, case when c.status = 'Confirmed' then @shipsOn end),
                payment_token = case when c.open then o.payment_token end,
                next_check_at = c.next_check_at, asked = c.asked, refund_reason = c.refund_reason
            from unnest(@ids, @statuses, @reasons, @payments, @deliveries, @trackings, @waiting, @opens, @checks, @asked,
                    @refunds)
                as c (id, status, reason, payment_status, delivery_status, tracking_number, waiting_for, open,
                  next_check_at, asked, refund_reason)
            where o.id = c.id
            """,
            new
            {
                ids = orders.Select(o => o.Id).ToArray(),
                statuses = orders.Select(o => o.Status.ToString()).ToArray(),
                reasons = orders.Select(o => o.Reason).ToArray(),
                payments = orders.Select(o => o.PaymentStatus).ToArray(),
                deliveries = orders.Select(o => o.DeliveryStatus).ToArray(),
                trackings = orders.Select(o => o.TrackingNumber).ToArray(),
                // unnest flattens arrays of arrays, so each list of farms travels as text.
                waiting = orders.Select(o => string.Join(',', o.WaitingFor)).ToArray(),
                now,
                shipsOn = MarketDays.ShipsOn(now),
                opens = orders.Select(o => o.IsOpen).ToArray(),
                checks = orders.Select(o => o.NextCheckAt).ToArray(),
                asked = orders.Select(o => o.Retries).ToArray(),
                refunds = orders.Select(o => o.RefundReason).ToArray(),
            }
        );
    }

    private static void WriteTimeline(NpgsqlBatch writes, List<TimelineRow> timeline)
    {
        // What was asked for again is answered again: it happened at the first answer, which may come after its repetition.
        writes.Add(
            """
            insert into timeline as known (event_id, order_id, at, event, source, detail, trace_id, payload)
            select event_id, order_id, at, event, source, detail, trace_id, payload::jsonb
            from (
              select distinct on (order_id, event) *
              from unnest(@eventIds, @orderIds, @ats, @events, @sources, @details, @traces, @payloads) with ordinality
                  as t (event_id, order_id, at, event, source, detail, trace_id, payload, n)
              order by order_id, event, at
            ) first
            order by n
            on conflict (order_id, event) do update
              set event_id = excluded.event_id, at = excluded.at, detail = excluded.detail, trace_id = excluded.trace_id,
                payload = excluded.payload
              where excluded.at < known.at
            """,
            new
            {
                eventIds = timeline.Select(t => t.EventId).ToArray(),
                orderIds = timeline.Select(t => t.OrderId).ToArray(),
                ats = timeline.Select(t => t.At.ToUniversalTime()).ToArray(),
                events = timeline.Select(t => t.Event).ToArray(),
                sources = timeline.Select(t => t.Source).ToArray(),
                details = timeline.Select(t => t.Detail).ToArray(),
                traces = timeline.Select(t => TimelineText.TraceId(t.TraceParent)).ToArray(),
                payloads = timeline.Select(t => t.Payload).ToArray(),
            }
        );
    }

    /// <summary>What farms are owed follows from the orders: written with every change, and once.</summary>
    private void Settle(NpgsqlBatch writes, IEnumerable<OrderState> orders)
    {
        var delivered = orders.Where(order => order.Status is OrderStatus.Delivered).ToList();
        SettlementLedger.Record(
            writes,
            [
                .. delivered.SelectMany(
                    order => order.Lines,
                    (order, line) => new Sale(order.Id, line.FruitId, line.FarmId, line.Quantity, line.UnitPriceKrw)
                ),
            ],
            [.. delivered.Where(order => order.PaymentStatus is PaymentStates.Refunded).Select(order => order.Id)],
            market.FeePercent
        );
    }

    /// <param name="sql">Locks orders among <c>@orderIds</c>.</param>
    private async Task<OrderUnitOfWork> LockAsync(
        NpgsqlTransaction transaction,
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        // One after the other: lines and time are asked for when the locks are held, however long that took.
        await using var results = await transaction.Connection!.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                {sql};
                select order_id, fruit_id, farm_id, quantity, unit_price_krw
                from order_lines where order_id = any(@orderIds) order by order_id, position;
                select clock_timestamp()
                """,
                parameters,
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var orders = (await results.ReadAsync<OrderState>()).AsList();
        var lines = (await results.ReadAsync<LineRow>()).ToLookup(
            line => line.OrderId,
            line => new OrderLine(line.FruitId, line.FarmId, line.Quantity, line.UnitPriceKrw)
        );
        var now = await results.ReadSingleAsync<DateTimeOffset>();
        return new OrderUnitOfWork(decider, orders.Select(order => order with { Lines = [.. lines[order.Id]] }), now);
    }

    private sealed record LineRow(Guid OrderId, Guid FruitId, Guid FarmId, int Quantity, long UnitPriceKrw);
}
