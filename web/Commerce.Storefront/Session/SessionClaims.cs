using System.Security.Claims;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Session;

/// <summary>What the cookie says about the visitor; names as in the access token.</summary>
public static class SessionClaims
{
    public const string Subject = "sub";
    public const string Name = "name";
    public const string Email = "email";
    public const string Role = "role";

    /// <summary>Names the session under which tokens are kept; random, never a token itself.</summary>
    public const string SessionId = "sid";

    /// <summary>The guest's cart, on an identity that is not authenticated.</summary>
    public const string Cart = "cart";

    public static ClaimsPrincipal Principal(Account account, string sessionId, string scheme) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(Subject, account.Id.ToString()),
                    new Claim(Name, account.Name),
                    new Claim(Email, account.Email),
                    new Claim(Role, account.Role),
                    new Claim(SessionId, sessionId),
                ],
                scheme,
                Name,
                Role
            )
        );
}
