using Commerce.Storefront.Api;

namespace Commerce.Storefront.AdminDesk;

/// <summary>The services that have an outbox and dead letters, by the name the platform knows them by.</summary>
public sealed class ServiceDirectory(
    IdentityApi identity,
    CatalogApi catalog,
    OrderApi order,
    PaymentApi payment,
    DeliveryApi delivery
)
{
    public IReadOnlyList<(string Name, ServiceApi Api)> All { get; } =
    [("identity", identity), ("catalog", catalog), ("order", order), ("payment", payment), ("delivery", delivery)];

    public ServiceApi Find(string name) => All.First(s => s.Name == name).Api;
}
