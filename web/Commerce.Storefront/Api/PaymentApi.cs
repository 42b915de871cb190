using Commerce.Contracts.Api;
using Commerce.Storefront.Session;

namespace Commerce.Storefront.Api;

/// <summary>What was charged for an order.</summary>
public sealed class PaymentApi(HttpClient http, Visitor visitor) : ServiceApi(http, visitor)
{
    public Task<Payment> PaymentAsync(Guid orderId, CancellationToken cancellationToken = default) =>
        GetAsync<Payment>($"payments/{orderId}", cancellationToken);
}
