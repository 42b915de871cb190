using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>PUT /me/addresses/{id}, also to make it the default.</summary>
internal static class ChangeAddress
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/me/addresses/{id:guid}", HandleAsync)
            .WithTags("Addresses")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<SavedAddress>, ValidationProblem, NotFound>> HandleAsync(
        Guid id,
        NewAddress body,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (AddressRules.Check(body) is { Failed: true } wrong)
        {
            return wrong.Problem();
        }

        var address = AddressRules.Trimmed(id, body);
        var accountId = user.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AddressBook.LockAsync(transaction, accountId);
        // Whether it was the default is asked before its place is cleared: it may be the one.
        var wasDefault = await connection.QuerySingleOrDefaultAsync<bool?>(
            "select is_default from address where id = @id and account_id = @accountId",
            new { id, accountId },
            transaction
        );
        if (wasDefault is null)
        {
            return TypedResults.NotFound();
        }

        address = address with { IsDefault = body.IsDefault || wasDefault.Value };
        if (address.IsDefault && !wasDefault.Value)
        {
            await AddressBook.ClearDefaultAsync(transaction, accountId);
        }

        await connection.ExecuteAsync(
            """
            update address
            set label = @Label, recipient = @Recipient, phone = @Phone, postal_code = @PostalCode, line1 = @Line1,
                line2 = @Line2, is_default = @IsDefault
            where id = @id and account_id = @accountId
            """,
            new
            {
                id,
                accountId,
                address.Label,
                address.Recipient,
                address.Phone,
                address.PostalCode,
                address.Line1,
                address.Line2,
                address.IsDefault,
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(address);
    }
}
