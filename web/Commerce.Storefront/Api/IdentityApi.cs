using Commerce.Contracts.Api;
using Commerce.Storefront.Session;

namespace Commerce.Storefront.Api;

/// <summary>Accounts, addresses, farmers who apply. Tokens: <see cref="TokenApi"/>.</summary>
public sealed class IdentityApi(HttpClient http, Visitor visitor) : ServiceApi(http, visitor)
{
    public Task<Account> MeAsync(string? bearer = null, CancellationToken cancellationToken = default) =>
        GetAsync<Account>("me", cancellationToken, bearer);

    public Task<Account> UpdateMeAsync(UpdateAccount account, CancellationToken cancellationToken = default) =>
        SendAsync<Account>(HttpMethod.Put, "me", account, cancellationToken);

    public Task<IReadOnlyList<SavedAddress>> AddressesAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<SavedAddress>>("me/addresses", cancellationToken);

    public Task<SavedAddress> SaveAddressAsync(NewAddress address, CancellationToken cancellationToken = default) =>
        SendAsync<SavedAddress>(HttpMethod.Post, "me/addresses", address, cancellationToken);

    public Task DeleteAddressAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"me/addresses/{id}", null, cancellationToken);

    public Task<IReadOnlyList<FarmerApplication>> FarmersAsync(
        string? status,
        CancellationToken cancellationToken = default
    ) => GetAsync<IReadOnlyList<FarmerApplication>>(Address.Of("farmers", ("status", status)), cancellationToken);

    public Task ApproveFarmerAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"farmers/{id}/approve", null, cancellationToken);
}
