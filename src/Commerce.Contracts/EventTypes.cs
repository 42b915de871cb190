using System.Collections.Frozen;
using Commerce.Contracts.Events;

namespace Commerce.Contracts;

/// <summary>
/// The <c>ce_type</c> of every event record. A breaking change of a record is a new record under a new <c>.vN</c>;
/// both stay here until no consumer needs the old one.
/// </summary>
public static class EventTypes
{
    public static FrozenDictionary<Type, string> Names { get; } =
        new Dictionary<Type, string>
        {
            [typeof(OrderPlaced)] = "commerce.order.placed.v1",
            [typeof(OrderConfirmed)] = "commerce.order.confirmed.v1",
            [typeof(OrderRejected)] = "commerce.order.rejected.v1",
            [typeof(OrderCancelled)] = "commerce.order.cancelled.v1",
            [typeof(OrderDelivered)] = "commerce.order.delivered.v1",
            [typeof(OrderRefundRequested)] = "commerce.order.refund-requested.v1",
            [typeof(FruitListed)] = "commerce.fruit.listed.v1",
            [typeof(FruitChanged)] = "commerce.fruit.changed.v1",
            [typeof(StockAdjusted)] = "commerce.stock.adjusted.v1",
            [typeof(StockReserved)] = "commerce.stock.reserved.v1",
            [typeof(StockRejected)] = "commerce.stock.rejected.v1",
            [typeof(StockReleased)] = "commerce.stock.released.v1",
            [typeof(PaymentCaptured)] = "commerce.payment.captured.v1",
            [typeof(PaymentDeclined)] = "commerce.payment.declined.v1",
            [typeof(PaymentRefunded)] = "commerce.payment.refunded.v1",
            [typeof(DeliveryScheduled)] = "commerce.delivery.scheduled.v1",
            [typeof(DeliveryOnRoute)] = "commerce.delivery.on-route.v1",
            [typeof(DeliveryDelivered)] = "commerce.delivery.delivered.v1",
            [typeof(AccountRegistered)] = "commerce.account.registered.v1",
            [typeof(FarmerApproved)] = "commerce.farmer.approved.v1",
            [typeof(FarmerSuspended)] = "commerce.farmer.suspended.v1",
            [typeof(FarmerReinstated)] = "commerce.farmer.reinstated.v1",
        }.ToFrozenDictionary();
}
