namespace Commerce.Contracts.Api;

/// <summary>GET /audit of any service (admin), newest first: what admins did there. Kept for ever.</summary>
/// <param name="AdminName">As the token named the admin at that time.</param>
/// <param name="Action"><c>order.cancel order.refund delivery.advance farmer.approve farmer.suspend farmer.reinstate account.lock account.unlock dead-letter.redrive dead-letter.discard</c>.</param>
/// <param name="Subject">Id of the order, account or dead letter that it was done to.</param>
public sealed record AuditEntry(
    Guid Id,
    DateTimeOffset At,
    Guid AdminId,
    string AdminName,
    string Action,
    Guid Subject,
    string? Note
);

/// <summary>Why an admin does something; 1–300 characters, kept with what was done.</summary>
public sealed record AdminNote(string Note);

/// <summary>POST /admin/orders/{id}/refund: all of the money of a delivered order. The shopper reads the reason.</summary>
public sealed record RefundOrderRequest(string Reason);

/// <summary>GET /admin/orders/revenue: one bar, from <paramref name="From"/> to the next one's.</summary>
/// <param name="Krw">Whole KRW of orders placed in that time that are paid and not given back.</param>
public sealed record RevenueBar(DateTimeOffset From, long Krw, long Orders);

/// <summary>How long orders placed in a span of time took from placed to confirmed, in ms; null without any.</summary>
/// <param name="From">Begin of the span: the last hour, or one of its twelve five-minute parts.</param>
public sealed record SagaDuration(DateTimeOffset From, long Orders, double? P50Ms, double? P95Ms);

/// <summary>GET /admin/deliveries: one row.</summary>
/// <param name="Status"><c>READY ON_ROUTE DELIVERED CANCELLED</c>.</param>
public sealed record AdminDelivery(
    Guid OrderId,
    string Status,
    string TrackingNumber,
    DateTimeOffset ScheduledAt,
    DateTimeOffset? OnRouteAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset UpdatedAt
);

/// <summary>GET /admin/accounts: one row. <paramref name="FarmName"/> only of farmers.</summary>
public sealed record AdminAccount(
    Guid Id,
    string Email,
    string Name,
    string Role,
    string? FarmName,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LockedAt,
    string? LockNote
);

/// <summary>POST /dead-letters/redrive: 1–100 letters of the service.</summary>
public sealed record RedriveLetters(IReadOnlyList<Guid> Ids);

/// <summary>POST /dead-letters/discard: the same with a note of 1–300 characters. They stay, marked.</summary>
public sealed record DiscardLetters(IReadOnlyList<Guid> Ids, string Note);

/// <summary>Answer of both: one outcome per id, in the order of the request.</summary>
public sealed record LetterOutcomes(IReadOnlyList<LetterOutcome> Results);

/// <param name="Outcome"><c>done</c>, <c>failed</c> (see <paramref name="Error"/>), <c>not-found</c>, <c>discarded</c> or <c>redriven</c> (done with before).</param>
public sealed record LetterOutcome(Guid Id, string Outcome, string? Error = null);
