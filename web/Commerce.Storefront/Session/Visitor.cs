using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace Commerce.Storefront.Session;

/// <summary>
/// Whoever this request or circuit belongs to. Everything comes from the principal, which a circuit gets from the request
/// that opened it, so both live by the same rules.
/// </summary>
public sealed class Visitor
{
    private readonly AuthenticationStateProvider _state;
    private readonly SessionTokens _tokens;

    internal Visitor(AuthenticationStateProvider state, SessionTokens tokens)
    {
        _state = state;
        _tokens = tokens;
    }

    public async Task<ClaimsPrincipal> UserAsync() => (await _state.GetAuthenticationStateAsync()).User;

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
        return user.Identity?.IsAuthenticated is true ? null : user.FindFirst(SessionClaims.Cart)?.Value;
    }
}
