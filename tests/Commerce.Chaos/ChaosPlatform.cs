namespace Commerce.Chaos;

/// <summary>The platform that chaos happens to.</summary>
internal static class ChaosPlatform
{
    /// <summary>
    /// Short deadlines, so that late money and expiry happen within the run; two replicas, so that one can die. What has arrived
    /// is not called back when its order is cancelled; so boxes are on their way for longer than any fault keeps Order or
    /// Delivery from hearing the other: 30 s frozen, and the way back.
    /// </summary>
    public static PlatformSettings Settings { get; } =
        new()
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Orders__Expiry"] = "00:00:25",
                ["Orders__ConfirmationRetryDelay"] = "00:00:05",
                ["Orders__ReservationRetryDelay"] = "00:00:05",
                ["Delivery__ReadyFor"] = "00:00:02",
                ["Delivery__OnRouteFor"] = "00:00:40",
                ["RateLimits__SignIn__PerMinute"] = "100000",
            },
            Replicas = new Dictionary<string, int>(StringComparer.Ordinal) { ["catalog"] = 2, ["payment"] = 2 },
        };
}
