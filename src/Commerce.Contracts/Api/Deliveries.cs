namespace Commerce.Contracts.Api;

/// <summary>GET /deliveries/{orderId}, and the answer of POST /deliveries/{orderId}/advance.</summary>
/// <param name="Status"><c>READY ON_ROUTE DELIVERED CANCELLED</c>.</param>
public sealed record Delivery(
    Guid OrderId,
    string Status,
    string TrackingNumber,
    DateTimeOffset ScheduledAt,
    DateTimeOffset UpdatedAt
);
