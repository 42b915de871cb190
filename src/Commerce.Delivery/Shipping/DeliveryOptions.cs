namespace Commerce.Delivery.Shipping;

/// <summary>Settings under <c>Delivery</c>. There is no real carrier: time stands in for it.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Whether time moves deliveries on; otherwise only farmers and admins do.</summary>
    public bool Automatic { get; init; } = true;

    /// <summary>How long the boxes wait at the farm.</summary>
    public TimeSpan ReadyFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long they travel.</summary>
    public TimeSpan OnRouteFor { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMilliseconds(250);
}
