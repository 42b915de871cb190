namespace Commerce.Contracts.Events;

/// <summary>The delivery exists and is READY at the farm. Key: order id, as for the other two.</summary>
public sealed record DeliveryScheduled(Guid OrderId, Guid DeliveryId, string TrackingNumber, DateTimeOffset At);

/// <summary>
/// The first boxes left their farm: from here on the order cannot be cancelled. Comes again with a shorter list when another
/// farm of the order has handed over.
/// </summary>
/// <param name="WaitingFor">Farms that still have boxes of the order; null when all left.</param>
public sealed record DeliveryOnRoute(
    Guid OrderId,
    Guid DeliveryId,
    DateTimeOffset At,
    IReadOnlyList<Guid>? WaitingFor = null
);

/// <summary>The boxes arrived.</summary>
public sealed record DeliveryDelivered(Guid OrderId, Guid DeliveryId, DateTimeOffset At);
