using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>GET /me/addresses, the default first, then the oldest.</summary>
internal static class ListAddresses
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/me/addresses", HandleAsync).WithTags("Addresses").RequireAuthorization(Policies.SignedIn);

    private static async Task<Ok<IReadOnlyList<SavedAddress>>> HandleAsync(
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var addresses = await connection.QueryAsync<SavedAddress>(
            """
            select id, label, recipient, phone, postal_code, line1, line2, is_default
            from address where account_id = @AccountId order by is_default desc, created_at, id
            """,
            new { AccountId = user.AccountId() }
        );
        return TypedResults.Ok<IReadOnlyList<SavedAddress>>(addresses.AsList());
    }
}
