using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Order.Orders;

/// <summary>
/// The rules of an order as a pure function. Events may come late, twice, in any order or never: what does not apply changes
/// nothing, and an order that ended without delivery answers everything that would hold stock, money or a delivery for it with
/// another <see cref="OrderCancelled"/>, so that it is undone.
/// </summary>
internal sealed class OrderDecider(OrderOptions options)
{
    /// <summary>
    /// Decides about one event, <see cref="CancelRequested"/>, <see cref="RefundRequested"/> or <see cref="DeadlineElapsed"/>.
    /// </summary>
    /// <param name="now">Database time.</param>
    public Decision Decide(OrderState order, object input, DateTimeOffset now) =>
        input switch
        {
            StockReserved => OnStockReserved(order),
            StockRejected rejected => OnStockRejected(order, rejected.Reason),
            StockReleased => OnStockReleased(order, now),
            PaymentCaptured => OnCaptured(order, now),
            PaymentDeclined => OnDeclined(order, now),
            PaymentRefunded => OnRefunded(order, now),
            DeliveryScheduled scheduled => OnScheduled(order, scheduled.TrackingNumber, now),
            DeliveryOnRoute onRoute => OnRoute(order, onRoute.WaitingFor ?? []),
            DeliveryDelivered => OnDelivery(order, DeliveryStates.Delivered),
            CancelRequested cancel => order.CanCancel ? Cancel(order, cancel.Reason, now) : Nothing(order),
            RefundRequested refund => order.CanRefund ? Refund(order, refund.Reason, now) : Nothing(order),
            DeadlineElapsed => OnDeadlineElapsed(order, now),
            _ => Nothing(order),
        };

    /// <summary>How an order begins: Catalog is asked for the boxes and Payment hears of the money.</summary>
    /// <param name="now">Database time.</param>
    public Decision Start(NewOrder order, DateTimeOffset now)
    {
        var expiresAt = now + options.Expiry;
        var state = new OrderState
        {
            Id = order.Id,
            AccountId = order.AccountId,
            Status = OrderStatus.Placed,
            TotalKrw = order.TotalKrw,
            Lines = [.. order.Lines.Select(line => line.ToOrderLine())],
            PaymentToken = order.PaymentToken,
            PlacedAt = now,
            ExpiresAt = expiresAt,
            NextCheckAt = Earlier(now + options.ReservationRetryDelay, expiresAt),
            TraceParent = order.TraceParent,
        };
        return new(state, [BuildOrderPlaced(state)]);
    }

    private static OrderPlaced BuildOrderPlaced(OrderState order) =>
        new(
            order.Id,
            order.AccountId,
            order.Lines,
            order.TotalKrw,
            order.PaymentToken!,
            order.PlacedAt,
            order.ExpiresAt
        );

    private static Decision OnStockReserved(OrderState order) =>
        order.Status switch
        {
            OrderStatus.Placed => Nothing(
                order with
                {
                    Status = OrderStatus.StockReserved,
                    NextCheckAt = order.ExpiresAt,
                    Retries = 0,
                }
            ),
            _ when order.IsVoid => RepeatCancellation(order),
            _ => Nothing(order),
        };

    // Any later status means that Catalog had reserved before: only a first answer can reject.
    private static Decision OnStockRejected(OrderState order, string reason) =>
        order.Status is OrderStatus.Placed
            ? new(
                order with
                {
                    Status = OrderStatus.Rejected,
                    Reason = reason,
                    PaymentToken = null,
                    NextCheckAt = null,
                },
                [new OrderRejected(order.Id, order.AccountId, reason)]
            )
            : Nothing(order);

    // Only Order lets reservations go, so Catalog says this by itself only after a backup was restored on either side: without
    // stock there is nothing to ship.
    private Decision OnStockReleased(OrderState order, DateTimeOffset now) =>
        order.CanCancel ? Cancel(order, OrderReasons.Expired, now) : Nothing(order);

    private Decision OnCaptured(OrderState order, DateTimeOffset now)
    {
        var paid =
            order.PaymentStatus is PaymentStates.Refunded
                ? order
                : order with
                {
                    PaymentStatus = PaymentStates.Captured,
                };
        if (order.IsVoid)
        {
            return RepeatCancellation(AwaitRefund(paid, now));
        }

        if (!order.IsOpen)
        {
            return Nothing(paid);
        }

        // Late money is given back: from here on Catalog may have sold the boxes to someone else.
        if (now >= order.ExpiresAt)
        {
            return Cancel(paid, OrderReasons.Expired, now);
        }

        // Payment captures only what Catalog reserved, so money implies stock even when its event is still under way.
        var confirmed = paid with
        {
            Status = OrderStatus.Confirmed,
            PaymentToken = null,
            NextCheckAt = order.DeliveryStatus is null ? now + options.ConfirmationRetryDelay : null,
            Retries = 0,
        };
        return Settle(confirmed, [new OrderConfirmed(order.Id, order.AccountId, order.Lines, order.TotalKrw)]);
    }

    private Decision OnDeclined(OrderState order, DateTimeOffset now)
    {
        if (order.PaymentStatus is not PaymentStates.Pending)
        {
            return Nothing(order);
        }

        var declined = order with { PaymentStatus = PaymentStates.Declined };
        return order.IsOpen ? Cancel(declined, OrderReasons.PaymentDeclined, now) : Nothing(declined);
    }

    private Decision OnRefunded(OrderState order, DateTimeOffset now)
    {
        var refunded = order with
        {
            PaymentStatus = PaymentStates.Refunded,
            NextCheckAt = order.IsVoid || order.AwaitsRefund ? null : order.NextCheckAt,
        };
        // Money goes back only when we ask. So we did, before a backup was restored that forgot it: nothing may be shipped.
        return order is { Status: OrderStatus.Confirmed, CanCancel: true }
            ? Cancel(refunded, OrderReasons.CancelledByAdmin, now)
            : Nothing(refunded);
    }

    private static Decision OnScheduled(OrderState order, string trackingNumber, DateTimeOffset now) =>
        order.IsVoid
            ? RepeatCancellation(order)
            : OnDelivery(
                order with
                {
                    TrackingNumber = trackingNumber,
                    NextCheckAt = order.Status is OrderStatus.Confirmed ? null : order.NextCheckAt,
                },
                DeliveryStates.Ready
            );

    // The list only ever gets shorter, so that an event that comes late or again brings no farm back.
    private static Decision OnRoute(OrderState order, IReadOnlyList<Guid> waitingFor) =>
        order.DeliveryStatus switch
        {
            DeliveryStates.OnRoute => Nothing(order with { WaitingFor = [.. order.WaitingFor.Intersect(waitingFor)] }),
            DeliveryStates.Delivered => Nothing(order),
            _ when order.IsVoid => Nothing(order),
            _ => OnDelivery(order with { WaitingFor = [.. waitingFor] }, DeliveryStates.OnRoute),
        };

    // A cancelled order that left the farm all the same stays cancelled: the timeline tells, a person decides.
    private static Decision OnDelivery(OrderState order, string status) =>
        order.IsVoid || DeliveryStates.Rank(status) <= DeliveryStates.Rank(order.DeliveryStatus)
            ? Nothing(order)
            : Settle(
                order with
                {
                    DeliveryStatus = status,
                    WaitingFor = status is DeliveryStates.Delivered ? [] : order.WaitingFor,
                    NextCheckAt = order.Status is OrderStatus.Confirmed ? null : order.NextCheckAt,
                },
                []
            );

    // Money and delivery may be heard of in either order; the order is delivered once both are known.
    private static Decision Settle(OrderState order, IReadOnlyList<object> events) =>
        order is { Status: OrderStatus.Confirmed, DeliveryStatus: DeliveryStates.Delivered }
            ? new(
                order with
                {
                    Status = OrderStatus.Delivered,
                    NextCheckAt = null,
                },
                [.. events, new OrderDelivered(order.Id, order.AccountId, order.Lines)]
            )
            : new(order, events);

    private Decision OnDeadlineElapsed(OrderState order, DateTimeOffset now)
    {
        if (order.NextCheckAt is null || now < order.NextCheckAt)
        {
            return Nothing(order);
        }

        return order.Status switch
        {
            OrderStatus.Placed or OrderStatus.StockReserved when now >= order.ExpiresAt => Cancel(
                order,
                OrderReasons.Expired,
                now
            ),
            OrderStatus.Placed when order.Retries < options.MaxReservationRetries => new(
                order with
                {
                    Retries = order.Retries + 1,
                    NextCheckAt = Earlier(now + options.ReservationRetryDelay, order.ExpiresAt),
                },
                [BuildOrderPlaced(order)]
            ),
            OrderStatus.Placed or OrderStatus.StockReserved => Nothing(order with { NextCheckAt = order.ExpiresAt }),
            OrderStatus.Confirmed when order.DeliveryStatus is null => new(
                Repeated(order, now),
                [new OrderConfirmed(order.Id, order.AccountId, order.Lines, order.TotalKrw)]
            ),
            OrderStatus.Delivered when order.AwaitsRefund => AskRefund(Repeated(order, now)),
            _ when order is { IsVoid: true, PaymentStatus: PaymentStates.Captured } => RepeatCancellation(
                Repeated(order, now)
            ),
            _ => Nothing(order with { NextCheckAt = null }),
        };
    }

    private Decision Cancel(OrderState order, string reason, DateTimeOffset now) =>
        RepeatCancellation(
            AwaitRefund(
                order with
                {
                    Status = OrderStatus.Cancelled,
                    Reason = reason,
                    PaymentToken = null,
                    NextCheckAt = null,
                },
                now
            )
        );

    private Decision Refund(OrderState order, string reason, DateTimeOffset now) =>
        AskRefund(AwaitRefund(order with { RefundReason = reason }, now));

    private static Decision AskRefund(OrderState order) =>
        new(order, [new OrderRefundRequested(order.Id, order.AccountId, order.RefundReason!)]);

    private static Decision RepeatCancellation(OrderState order) =>
        new(order, [new OrderCancelled(order.Id, order.AccountId, order.Reason!)]);

    private OrderState AwaitRefund(OrderState order, DateTimeOffset now) =>
        order.PaymentStatus is PaymentStates.Captured
            ? order with
            {
                NextCheckAt = now + options.ConfirmationRetryDelay,
                Retries = 0,
            }
            : order;

    private OrderState Repeated(OrderState order, DateTimeOffset now)
    {
        var wait = Math.Min(
            options.ConfirmationRetryDelay.TotalSeconds * Math.Pow(2, Math.Min(order.Retries + 1, 20)),
            options.MaxConfirmationRetryDelay.TotalSeconds
        );
        return order with { Retries = order.Retries + 1, NextCheckAt = now + TimeSpan.FromSeconds(wait) };
    }

    private static Decision Nothing(OrderState order) => new(order, []);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
