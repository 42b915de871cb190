using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.Order.Farm;
using Commerce.ServiceDefaults;
using Dapper;
using Npgsql;

namespace Commerce.Order.Saga;

/// <summary>Reads orders under a lock and writes what was decided: a few set-based statements, however many orders there are.</summary>
internal sealed class OrderStore(IOutbox outbox, OrderDecider decider, MarketOptions market)
{
    private const string Columns = """
        id, account_id, status, reason, payment_status, delivery_status, tracking_number, waiting_for,
        total_krw, refund_reason, payment_token, placed_at, expires_at, next_check_at, asked, trace_parent
        """;

    /// <summary>Locks these orders, in id order so that two transactions cannot wait for each other.</summary>
    public Task<OrderChanges> LockAsync(
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
    public Task<OrderChanges> LockOwnAsync(
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
    public async Task<OrderChanges> LockDueAsync(
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
        OrderChanges changes,
        CancellationToken cancellationToken
    )
    {
        await using var writes = new NpgsqlBatch(transaction.Connection, transaction);
        Save(writes, changes);
        await writes.WriteAsync(cancellationToken);
    }

    /// <summary>Adds the statements that write the orders, their timelines and the events to publish.</summary>
    public void Save(NpgsqlBatch writes, OrderChanges changes)
    {
        if (changes.Touched.Count == 0)
        {
            return;
        }

        var orders = changes.Orders.ToArray();
        var timeline = changes.Timeline;
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
                now = changes.Now,
                shipsOn = MarketDays.ShipsOn(changes.Now),
                opens = orders.Select(o => o.IsOpen).ToArray(),
                checks = orders.Select(o => o.NextCheckAt).ToArray(),
                asked = orders.Select(o => o.Asked).ToArray(),
                refunds = orders.Select(o => o.RefundReason).ToArray(),
            }
        );
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
        SettlementLedger.Record(writes, orders, market.FeePercent);
        outbox.Append(writes, changes.Outgoing);
    }

    /// <param name="sql">Locks orders among <c>@orderIds</c>.</param>
    private async Task<OrderChanges> LockAsync(
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
        return new OrderChanges(decider, orders.Select(order => order with { Lines = [.. lines[order.Id]] }), now);
    }

    private sealed record LineRow(Guid OrderId, Guid FruitId, Guid FarmId, int Quantity, long UnitPriceKrw);
}
