using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>POST /me/addresses: a delivery address in Korea. At most 20 per account, 409 beyond.</summary>
internal static class AddAddress
{
    private const int Most = 20;

    public static async Task<
        Results<Created<SavedAddress>, ValidationProblem, NotFound, ProblemHttpResult>
    > HandleAsync(NewAddress body, ClaimsPrincipal user, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var v = new Validation();
        v.Text("label", body.Label, max: 30);
        v.Text("recipient", body.Recipient, max: 50);
        v.Phone("phone", body.Phone);
        v.PostalCode("postalCode", body.PostalCode);
        v.Text("line1", body.Line1, max: 200);
        v.OptionalText("line2", body.Line2, max: 200);
        if (v.Failed)
        {
            return v.Problem();
        }

        var address = new SavedAddress(
            Guid.CreateVersion7(),
            body.Label.Trim(),
            body.Recipient.Trim(),
            body.Phone.Trim(),
            body.PostalCode.Trim(),
            body.Line1.Trim(),
            string.IsNullOrWhiteSpace(body.Line2) ? null : body.Line2.Trim()
        );
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The account's row is the lock: two at once do not make 21. Counted afterwards, by a snapshot that sees the other's.
        var owner = await connection.QuerySingleOrDefaultAsync<Guid?>(
            "select id from account where id = @Id for update",
            new { Id = user.AccountId() },
            transaction
        );
        if (owner is null)
        {
            return TypedResults.NotFound();
        }

        var count = await connection.QuerySingleAsync<long>(
            "select count(*) from address where account_id = @owner",
            new { owner },
            transaction
        );
        if (count >= Most)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "The address book is full.",
                detail: $"It holds {Most} addresses. Delete one first."
            );
        }

        await connection.ExecuteAsync(
            """
            insert into address (id, account_id, label, recipient, phone, postal_code, line1, line2)
            values (@Id, @AccountId, @Label, @Recipient, @Phone, @PostalCode, @Line1, @Line2)
            """,
            new
            {
                address.Id,
                AccountId = user.AccountId(),
                address.Label,
                address.Recipient,
                address.Phone,
                address.PostalCode,
                address.Line1,
                address.Line2,
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/me/addresses/{address.Id}", address);
    }
}
