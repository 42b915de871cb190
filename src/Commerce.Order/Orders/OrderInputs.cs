namespace Commerce.Order.Orders;

/// <summary>Shopper or admin want the order cancelled. Does nothing when <see cref="OrderState.CanCancel"/> is false.</summary>
internal sealed record CancelRequested(string Reason);

/// <summary>An admin gives the money back. Does nothing when <see cref="OrderState.CanRefund"/> is false.</summary>
internal sealed record RefundRequested(string Reason);

/// <summary>The sweeper found that the order's next check is due.</summary>
internal sealed record DeadlineElapsed;

/// <summary>What comes of an event: the order as it is now, and the events to publish, in order.</summary>
internal readonly record struct Decision(OrderState Order, IReadOnlyList<object> Events);
