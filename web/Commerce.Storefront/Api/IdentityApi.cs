using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>Accounts, addresses, farmers who apply. Tokens: <see cref="TokenApi"/>.</summary>
public sealed class IdentityApi(HttpClient http, ICaller caller) : ServiceApi(http, caller)
{
    public Task<Account> MeAsync(string? bearer = null, CancellationToken cancellationToken = default) =>
        GetAsync<Account>("me", cancellationToken, bearer);

    public Task<Account> UpdateMeAsync(UpdateAccount account, CancellationToken cancellationToken = default) =>
        SendAsync<Account>(HttpMethod.Put, "me", account, cancellationToken);

    public Task<IReadOnlyList<SavedAddress>> AddressesAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<SavedAddress>>("me/addresses", cancellationToken);

    public Task<SavedAddress> SaveAddressAsync(NewAddress address, CancellationToken cancellationToken = default) =>
        SendAsync<SavedAddress>(HttpMethod.Post, "me/addresses", address, cancellationToken);

    public Task<SavedAddress> ChangeAddressAsync(
        Guid id,
        NewAddress address,
        CancellationToken cancellationToken = default
    ) => SendAsync<SavedAddress>(HttpMethod.Put, $"me/addresses/{id}", address, cancellationToken);

    /// <summary>Ends every session; the answer opens a new one.</summary>
    public Task<Tokens> ChangePasswordAsync(
        ChangePasswordRequest change,
        CancellationToken cancellationToken = default
    ) => SendAsync<Tokens>(HttpMethod.Post, "me/password", change, cancellationToken);

    public Task SignOutEverywhereAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, "me/sessions", null, cancellationToken);

    public Task DeleteAddressAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"me/addresses/{id}", null, cancellationToken);

    public Task<IReadOnlyList<FarmerApplication>> FarmersAsync(
        string? status,
        CancellationToken cancellationToken = default
    ) => GetAsync<IReadOnlyList<FarmerApplication>>(Address.Of("farmers", ("status", status)), cancellationToken);

    public Task ApproveFarmerAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"farmers/{id}/approve", null, cancellationToken);

    /// <summary>Stops a farm's sales; the farmer reads the reason (admin).</summary>
    public Task SuspendFarmerAsync(Guid id, string reason, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"farmers/{id}/suspend", new AdminNote(reason), cancellationToken);

    public Task ReinstateFarmerAsync(Guid id, string note, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"farmers/{id}/reinstate", new AdminNote(note), cancellationToken);

    /// <summary>How an e-mail address or a name begins, or an id; empty filters let all through (admin).</summary>
    public Task<Paged<AdminAccount>> AccountsAsync(
        string? q,
        string? role,
        string? state,
        int page,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<AdminAccount>>(
            Address.Of("admin/accounts", ("q", q), ("role", role), ("state", state), ("page", page)),
            cancellationToken
        );

    /// <summary>Ends the account's sessions and refuses to sign it in (admin).</summary>
    public Task LockAccountAsync(Guid id, string note, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"admin/accounts/{id}/lock", new AdminNote(note), cancellationToken);

    public Task UnlockAccountAsync(Guid id, string note, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"admin/accounts/{id}/unlock", new AdminNote(note), cancellationToken);
}
