using Commerce.Contracts.Api;
using Commerce.Storefront.Session;

namespace Commerce.Storefront.Api;

/// <summary>Where the boxes are.</summary>
public sealed class DeliveryApi(HttpClient http, Visitor visitor) : ServiceApi(http, visitor)
{
    public Task<Delivery> DeliveryAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        GetAsync<Delivery>($"deliveries/{orderId}", cancellationToken);

    /// <summary>READY → ON_ROUTE → DELIVERED, by hand; a farmer of a line or an admin.</summary>
    public Task<Delivery> AdvanceAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        SendAsync<Delivery>(HttpMethod.Post, $"deliveries/{orderId}/advance", null, cancellationToken);
}
