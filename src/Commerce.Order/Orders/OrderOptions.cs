namespace Commerce.Order.Orders;

/// <summary>Section <c>Orders</c> of the configuration.</summary>
internal sealed class OrderOptions
{
    /// <summary>How long an order may wait for stock and money before it is cancelled.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long Catalog may take to answer before it is asked again.</summary>
    public TimeSpan ReservationRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often Catalog is asked again for one order.</summary>
    public int MaxReservationRetries { get; init; } = 3;

    /// <summary>How long Delivery and Payment may take to follow a confirmation or a cancellation before it is repeated; doubles each time.</summary>
    public TimeSpan ConfirmationRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait between two repetitions.</summary>
    public TimeSpan MaxConfirmationRetryDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the sweeper looks for overdue orders.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the timeline of an order stays after its last entry, once the order has ended.</summary>
    public TimeSpan TimelineRetention { get; init; } = TimeSpan.FromDays(400);
}
