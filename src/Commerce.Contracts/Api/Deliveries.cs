namespace Commerce.Contracts.Api;

/// <summary>GET /deliveries/{orderId}, and the answer of POST /deliveries/{orderId}/advance.</summary>
/// <param name="Status"><c>READY ON_ROUTE DELIVERED CANCELLED</c>.</param>
/// <param name="WaitingFor">Farms that hand over themselves and have not yet; null once all boxes left.</param>
public sealed record Delivery(
    Guid OrderId,
    string Status,
    string TrackingNumber,
    DateTimeOffset ScheduledAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<Guid>? WaitingFor = null
);

/// <summary>
/// GET and PUT /farm/hand-over (farmer): whether the farmer hands the boxes over (true) or the carrier collects them by itself.
/// Holds for orders that are confirmed from then on.
/// </summary>
public sealed record HandOver(bool ByFarmer);
