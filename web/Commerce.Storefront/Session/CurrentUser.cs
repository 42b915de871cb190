using System.Security.Claims;
using Commerce.Storefront.Api;
using Microsoft.AspNetCore.Components.Authorization;

namespace Commerce.Storefront.Session;

/// <summary>
/// Whoever this request or circuit belongs to. Everything comes from the principal, which a circuit gets from the request
/// that opened it, so both live by the same rules.
/// </summary>
public sealed class CurrentUser : ICaller
{
    private readonly AuthenticationStateProvider _state;
    private readonly SessionTokens _tokens;

    internal CurrentUser(AuthenticationStateProvider state, SessionTokens tokens)
    {
        _state = state;
        _tokens = tokens;
    }

    /// <summary>A service did not give what was asked of it: what was drawn since is not all that there is.</summary>
    public bool IsDegraded { get; set; }

    public async Task<ClaimsPrincipal> UserAsync() => (await _state.GetAuthenticationStateAsync()).User;

    public async Task<bool> IsGuestAsync() => IsGuest(await UserAsync());

    /// <summary>A token that holds for at least a moment; null for guests and for sessions that ended.</summary>
    public async Task<string?> AccessTokenAsync(CancellationToken cancellationToken = default)
    {
        var session = (await UserAsync()).FindFirst(SessionClaims.SessionId)?.Value;
        return session is null ? null : await _tokens.AccessTokenAsync(session, cancellationToken);
    }

    /// <summary>The guest's cart; null when signed in.</summary>
    public async Task<string?> CartIdAsync()
    {
        var user = await UserAsync();
        return IsGuest(user) ? user.FindFirst(SessionClaims.Cart)?.Value : null;
    }

    private static bool IsGuest(ClaimsPrincipal user) => user.Identity?.IsAuthenticated is not true;
}
