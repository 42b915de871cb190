using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Order.Orders;

/// <summary>What the decisions about an order depend on. Times are database time; money is whole KRW.</summary>
internal sealed record OrderState
{
    public required Guid Id { get; init; }
    public required Guid AccountId { get; init; }
    public required OrderStatus Status { get; init; }
    public string? Reason { get; init; }
    public string PaymentStatus { get; init; } = PaymentStates.Pending;
    public string? DeliveryStatus { get; init; }
    public string? TrackingNumber { get; init; }

    /// <summary>Farms that still have boxes of an order that is on its way already.</summary>
    public Guid[] WaitingFor { get; init; } = [];
    public required long TotalKrw { get; init; }

    /// <summary>Why an admin gives the money of the delivered order back; null: nobody does.</summary>
    public string? RefundReason { get; init; }
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];

    /// <summary>Only while the order is <see cref="IsOpen"/>.</summary>
    public string? PaymentToken { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When <see cref="DeadlineElapsed"/> has something to do next; null: never.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>Trace of the click that placed it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often the question of this status was repeated.</summary>
    public int Retries { get; init; }

    /// <summary>Still waiting for stock or money.</summary>
    public bool IsOpen => Status is OrderStatus.Placed or OrderStatus.StockReserved;

    /// <summary>Whether it ended without delivery.</summary>
    public bool IsVoid => Status is OrderStatus.Cancelled or OrderStatus.Rejected;

    /// <summary>Shopper and admin may cancel until the boxes left the farm.</summary>
    public bool CanCancel => CancelRule(Status, DeliveryStatus);

    /// <summary>An admin may give the money of a delivered order back, once.</summary>
    public bool CanRefund => RefundRule(Status, PaymentStatus, RefundReason);

    /// <summary>The money is asked back and not back yet.</summary>
    public bool AwaitsRefund => RefundReason is not null && PaymentStatus is PaymentStates.Captured;

    /// <inheritdoc cref="CanRefund"/>
    public static bool RefundRule(OrderStatus status, string paymentStatus, string? refundReason) =>
        status is OrderStatus.Delivered && paymentStatus is PaymentStates.Captured && refundReason is null;

    /// <inheritdoc cref="CanCancel"/>
    public static bool CancelRule(OrderStatus status, string? deliveryStatus) =>
        status is OrderStatus.Placed or OrderStatus.StockReserved or OrderStatus.Confirmed
        && deliveryStatus is null or DeliveryStates.Ready;
}

/// <summary>Words of <see cref="OrderPayment"/>.</summary>
internal static class PaymentStates
{
    public const string Pending = "pending";
    public const string Captured = "captured";
    public const string Declined = "declined";
    public const string Refunded = "refunded";
}

/// <summary>Words of <see cref="OrderDelivery"/>, in the order in which they happen.</summary>
internal static class DeliveryStates
{
    public const string Ready = "READY";
    public const string OnRoute = "ON_ROUTE";
    public const string Delivered = "DELIVERED";

    public static int Rank(string? status) =>
        status switch
        {
            null => 0,
            Ready => 1,
            OnRoute => 2,
            _ => 3,
        };
}
