using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>Where the boxes are.</summary>
public sealed class DeliveryApi(HttpClient http, ICaller caller) : ServiceApi(http, caller)
{
    public Task<Delivery> DeliveryAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        GetAsync<Delivery>($"deliveries/{orderId}", cancellationToken);

    /// <summary>By an order's id or number, or how a tracking number begins; empty filters let all through (admin).</summary>
    public Task<Paged<AdminDelivery>> DeliveriesAsync(
        string? q,
        string? status,
        int page,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<AdminDelivery>>(
            Address.Of("admin/deliveries", ("q", q), ("status", status), ("page", page)),
            cancellationToken
        );

    /// <summary>READY → ON_ROUTE → DELIVERED, by hand; a farmer of a line or an admin.</summary>
    public Task<Delivery> AdvanceAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        SendAsync<Delivery>(HttpMethod.Post, $"deliveries/{orderId}/advance", null, cancellationToken);

    /// <summary>Whether the signed-in farmer hands boxes over, or the carrier collects them.</summary>
    public Task<HandOver> HandOverAsync(CancellationToken cancellationToken = default) =>
        GetAsync<HandOver>("farm/hand-over", cancellationToken);

    public Task<HandOver> ChooseHandOverAsync(bool byFarmer, CancellationToken cancellationToken = default) =>
        SendAsync<HandOver>(HttpMethod.Put, "farm/hand-over", new HandOver(byFarmer), cancellationToken);
}
