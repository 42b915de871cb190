using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>What was charged for an order.</summary>
public sealed class PaymentApi(HttpClient http, ICaller caller) : ServiceApi(http, caller)
{
    public Task<Payment> PaymentAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        GetAsync<Payment>($"payments/{orderId}", cancellationToken);
}
