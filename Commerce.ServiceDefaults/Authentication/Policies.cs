using System.Security.Claims;

namespace Commerce.ServiceDefaults.Authentication;

/// <summary>Names of the authorization policies; each also demands a valid token.</summary>
public static class Policies
{
    public const string SignedIn = "signed-in";
    public const string Shopper = "shopper";

    /// <summary>A farmer whom an admin has approved.</summary>
    public const string Farmer = "farmer";
    public const string Admin = "admin";
}

public static class ClaimsPrincipalExtensions
{
    /// <summary>The account's id, from the token's <c>sub</c>. Only behind a policy.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue("sub")!);

    /// <summary>Whether the token carries the role <c>admin</c>.</summary>
    public static bool IsAdmin(this ClaimsPrincipal user) => user.IsInRole("admin");
}
