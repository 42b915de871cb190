namespace Commerce.Delivery.Shipping;

/// <summary>Settings under <c>Delivery</c>. There is no real carrier: time stands in for it.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Whether time moves deliveries on; otherwise only farmers and admins do.</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>How long the boxes wait at the farm.</summary>
    public TimeSpan ReadyFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long they travel.</summary>
    public TimeSpan OnRouteFor { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMilliseconds(250);
}
