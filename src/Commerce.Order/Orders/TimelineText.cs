using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Events;

namespace Commerce.Order.Orders;

/// <summary>How events read in a timeline: short words that the storefront translates. No token, address or phone.</summary>
internal static class TimelineText
{
    private const string Hidden = "•••";

    /// <summary><c>commerce.order.placed.v1</c> → <c>order.placed</c>.</summary>
    public static string Name(object payload) => Name(payload.GetType());

    public static string NameOf<TEvent>() => Name(typeof(TEvent));

    private static string Name(Type payload)
    {
        var type = EventTypes.Names[payload];
        return type[(type.IndexOf('.') + 1)..type.LastIndexOf('.')];
    }

    /// <summary><c>/commerce/payment</c> → <c>payment</c>.</summary>
    public static string Source(string source) => source[(source.LastIndexOf('/') + 1)..];

    public static string? Detail(object payload) =>
        payload switch
        {
            OrderRejected rejected => rejected.Reason,
            OrderCancelled cancelled => cancelled.Reason,
            OrderRefundRequested refund => refund.Reason,
            StockRejected rejected => rejected.Reason,
            PaymentCaptured captured => $"{captured.AmountKrw} KRW",
            PaymentDeclined declined => declined.Code,
            PaymentRefunded refunded => $"{refunded.AmountKrw} KRW",
            DeliveryScheduled scheduled => scheduled.TrackingNumber,
            _ => null,
        };

    /// <summary>The event as JSON for admins: as it was published, but for what pays.</summary>
    public static string Payload(object payload) =>
        JsonSerializer.Serialize(
            payload switch
            {
                OrderPlaced placed => placed with { PaymentToken = Hidden },
                PaymentCaptured captured => captured with { PaymentKey = Hidden },
                _ => payload,
            },
            payload.GetType(),
            ContractsJson.Default
        );

    /// <summary>The trace id of a W3C traceparent; null when there is none.</summary>
    public static string? TraceId(string? traceParent) =>
        System.Diagnostics.ActivityContext.TryParse(traceParent, null, out var context)
            ? context.TraceId.ToHexString()
            : null;
}
