namespace Commerce.Contracts.Events;

/// <summary>The delivery exists and is READY at the farm. Key: order id, as for the other two.</summary>
public sealed record DeliveryScheduled(Guid OrderId, Guid DeliveryId, string TrackingNumber, DateTimeOffset At);

/// <summary>The boxes left the farm: from here on the order cannot be cancelled.</summary>
public sealed record DeliveryOnRoute(Guid OrderId, Guid DeliveryId, DateTimeOffset At);

/// <summary>The boxes arrived.</summary>
public sealed record DeliveryDelivered(Guid OrderId, Guid DeliveryId, DateTimeOffset At);
