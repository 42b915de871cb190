namespace Commerce.Contracts.Api;

/// <summary>GET /payments/{orderId}. <paramref name="Status"/>: <c>pending captured declined refunded cancelled</c>. Amount in whole KRW.</summary>
public sealed record Payment(Guid OrderId, string Status, long AmountKrw, string? Code, DateTimeOffset UpdatedAt);
