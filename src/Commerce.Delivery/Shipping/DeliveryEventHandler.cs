using System.Security.Cryptography;
using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.Outbox;
using Dapper;

namespace Commerce.Delivery.Shipping;

/// <summary>The consumer: a confirmed order is scheduled, a cancelled one stays at the farm. In either order, any number of times.</summary>
internal sealed class DeliveryEventHandler(IOutbox outbox) : IEventHandler<object>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<object>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var confirmed = Latest<OrderConfirmed>(events);
        var cancelled = Latest<OrderCancelled>(events);
        // First the ends: a confirmation of the same batch then finds the tombstone, whichever came first.
        if (cancelled.Count > 0)
        {
            await CancelAsync(batch, [.. cancelled.Keys], cancellationToken);
        }

        if (confirmed.Count > 0)
        {
            await ScheduleAsync(batch, [.. confirmed.Values], cancellationToken);
        }
    }

    private static Dictionary<Guid, IncomingEvent> Latest<T>(IReadOnlyList<IncomingEvent<object>> events)
    {
        var byOrder = new Dictionary<Guid, IncomingEvent>();
        foreach (var incoming in events)
        {
            if (incoming.Input is T)
            {
                byOrder[incoming.Subject] = incoming.Event;
            }
        }

        return byOrder;
    }

    /// <remarks>
    /// Order cancels only before it heard that the boxes are on their way; when the two cross, the boxes are called back.
    /// What has arrived stays delivered.
    /// </remarks>
    private static async Task CancelAsync(EventBatch batch, Guid[] orderIds, CancellationToken cancellationToken)
    {
        var deliveryIds = Array.ConvertAll(orderIds, _ => Guid.CreateVersion7());
        await batch.Connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into deliveries as d (order_id, delivery_id, status, cancelled_at)
                select order_id, delivery_id, 'CANCELLED', now()
                from unnest(@orderIds, @deliveryIds) as n (order_id, delivery_id)
                order by order_id
                on conflict (order_id) do update
                  set status = 'CANCELLED', cancelled_at = now(), updated_at = now()
                  where d.status in ('READY', 'ON_ROUTE')
                """,
                new { orderIds, deliveryIds },
                batch.Transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    private async Task ScheduleAsync(EventBatch batch, IncomingEvent[] confirmed, CancellationToken cancellationToken)
    {
        var orders = Array.ConvertAll(confirmed, incoming => (OrderConfirmed)incoming.Data);
        var orderIds = Array.ConvertAll(confirmed, incoming => incoming.Subject);
        // New ones and repeated ones alike: Order repeats order.confirmed when it misses an answer.
        var rows = await batch.Connection.QueryAsync<DeliveryRow>(
            new CommandDefinition(
                $"""
                insert into deliveries
                  (order_id, delivery_id, status, account_id, farm_ids, waiting_for, tracking_number, scheduled_at, trace_parent)
                select order_id, delivery_id, 'READY', account_id, string_to_array(farm_ids, ',')::uuid[],
                  array(select h.farm_id from hand_over_farms h
                    where h.farm_id = any(string_to_array(n.farm_ids, ',')::uuid[]) order by h.farm_id),
                  tracking_number, now(), trace_parent
                from unnest(@orderIds, @deliveryIds, @accountIds, @farmIds, @trackingNumbers, @traceParents)
                  as n (order_id, delivery_id, account_id, farm_ids, tracking_number, trace_parent)
                order by order_id
                on conflict (order_id) do nothing;

                select {DeliveryRow.Columns} from deliveries d
                where order_id = any(@orderIds) and status <> 'CANCELLED' order by order_id for no key update
                """,
                new
                {
                    orderIds,
                    deliveryIds = Array.ConvertAll(orders, _ => Guid.CreateVersion7()),
                    accountIds = Array.ConvertAll(orders, order => order.AccountId),
                    // unnest flattens arrays of arrays, so each list of farms travels as text.
                    farmIds = Array.ConvertAll(
                        orders,
                        order => string.Join(',', order.Lines.Select(line => line.FarmId).Distinct())
                    ),
                    trackingNumbers = Array.ConvertAll(orders, _ => TrackingNumber()),
                    traceParents = Array.ConvertAll(confirmed, incoming => incoming.TraceParent),
                },
                batch.Transaction,
                cancellationToken: cancellationToken
            )
        );
        outbox.Append(batch.Writes, [.. rows.SelectMany(row => row.AllSteps())]);
    }

    /// <summary>Twelve digits, as Korean carriers print them.</summary>
    private static string TrackingNumber() =>
        $"{RandomNumberGenerator.GetInt32(100_000, 1_000_000)}{RandomNumberGenerator.GetInt32(0, 1_000_000):000000}";
}
