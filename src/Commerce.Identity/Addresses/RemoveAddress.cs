using System.Security.Claims;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>DELETE /me/addresses/{id}. Orders keep their own copy.</summary>
internal static class RemoveAddress
{
    public static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var removed = await connection.ExecuteAsync(
            "delete from address where id = @id and account_id = @AccountId",
            new { id, AccountId = user.AccountId() }
        );
        return removed == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
