using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>POST /me/addresses: a delivery address in Korea. At most 20 per account, 409 beyond. The first one is the default.</summary>
internal static class AddAddress
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/me/addresses", HandleAsync)
            .WithTags("Addresses")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<
        Results<Created<SavedAddress>, ValidationProblem, NotFound, ProblemHttpResult>
    > HandleAsync(NewAddress body, ClaimsPrincipal user, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (AddressRules.Check(body) is { Failed: true } wrong)
        {
            return wrong.Problem();
        }

        var accountId = user.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await AddressBook.LockAsync(transaction, accountId) is not { } count)
        {
            return TypedResults.NotFound();
        }

        if (count >= AddressBook.Most)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "The address book is full.",
                detail: $"It holds {AddressBook.Most} addresses. Delete one first."
            );
        }

        var address = AddressRules.Trimmed(Guid.CreateVersion7(), body) with
        {
            IsDefault = body.IsDefault || count == 0,
        };
        if (address.IsDefault)
        {
            await AddressBook.ClearDefaultAsync(transaction, accountId);
        }

        await connection.ExecuteAsync(
            """
            insert into address (id, account_id, label, recipient, phone, postal_code, line1, line2, is_default)
            values (@Id, @accountId, @Label, @Recipient, @Phone, @PostalCode, @Line1, @Line2, @IsDefault)
            """,
            new
            {
                address.Id,
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
        return TypedResults.Created($"/me/addresses/{address.Id}", address);
    }
}
