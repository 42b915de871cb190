using System.Security.Claims;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>DELETE /me/addresses/{id}. Orders keep their own copy. The newest of the rest takes over from a default.</summary>
internal static class RemoveAddress
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapDelete("/me/addresses/{id:guid}", HandleAsync)
            .WithTags("Addresses")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var accountId = user.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AddressBook.LockAsync(transaction, accountId);
        var wasDefault = await connection.QuerySingleOrDefaultAsync<bool?>(
            "delete from address where id = @id and account_id = @accountId returning is_default",
            new { id, accountId },
            transaction
        );
        if (wasDefault is null)
        {
            return TypedResults.NotFound();
        }

        if (wasDefault.Value)
        {
            await connection.ExecuteAsync(
                """
                update address set is_default = true
                where id = (
                  select id from address where account_id = @accountId order by created_at desc, id desc limit 1)
                """,
                new { accountId },
                transaction
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
