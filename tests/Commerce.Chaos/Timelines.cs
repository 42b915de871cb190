namespace Commerce.Chaos;

/// <summary>Which events an order's timeline must have, may not have, and which of them come before which.</summary>
internal static class Timelines
{
    // Cause before effect. Each pair counts when both are there.
    private static readonly (string Before, string After)[] Order =
    [
        ("order.placed", "stock.reserved"),
        ("order.placed", "stock.rejected"),
        ("order.placed", "order.cancelled"),
        ("stock.rejected", "order.rejected"),
        ("stock.reserved", "payment.captured"),
        ("stock.reserved", "stock.released"),
        ("payment.captured", "order.confirmed"),
        ("payment.captured", "payment.refunded"),
        ("order.confirmed", "delivery.scheduled"),
        ("delivery.scheduled", "delivery.on-route"),
        ("delivery.on-route", "delivery.delivered"),
        ("delivery.delivered", "order.delivered"),
    ];

    private static readonly string[] WholeLife =
    [
        "order.placed",
        "stock.reserved",
        "payment.captured",
        "order.confirmed",
        "delivery.scheduled",
        "delivery.on-route",
        "delivery.delivered",
        "order.delivered",
    ];

    public static IEnumerable<string> Faults(string status, IReadOnlyList<TimelineRow> rows)
    {
        var times = rows.ToDictionary(row => row.Event, row => row.At);
        var (wanted, unwanted) = Rules(status, times);
        foreach (var missing in wanted.Where(name => !times.ContainsKey(name)))
        {
            yield return $"{missing} is missing";
        }

        foreach (var wrong in unwanted.Where(times.ContainsKey))
        {
            yield return $"{wrong} does not belong there";
        }

        foreach (var (before, after) in Order)
        {
            if (times.TryGetValue(before, out var first) && times.TryGetValue(after, out var second) && second < first)
            {
                yield return $"{after} comes before {before}";
            }
        }
    }

    private static (string[] Wanted, string[] Unwanted) Rules(string status, Dictionary<string, DateTime> times) =>
        status switch
        {
            "Delivered" => (WholeLife, ["order.rejected", "order.cancelled", "stock.rejected", "payment.declined"]),
            "Rejected" => (
                ["order.placed", "stock.rejected", "order.rejected"],
                ["payment.captured", "order.confirmed", "delivery.scheduled"]
            ),
            "Cancelled" => (
                [
                    "order.placed",
                    "order.cancelled",
                    .. times.ContainsKey("stock.reserved") ? ["stock.released"] : Array.Empty<string>(),
                    .. times.ContainsKey("payment.captured") ? ["payment.refunded"] : Array.Empty<string>(),
                ],
                ["order.delivered", "delivery.delivered"]
            ),
            "Confirmed" => (["order.placed", "stock.reserved", "payment.captured", "order.confirmed"], []),
            _ => (["order.placed"], []),
        };
}
