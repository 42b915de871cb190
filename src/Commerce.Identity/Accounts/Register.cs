using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Identity.Credentials;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Accounts;

/// <summary>
/// POST /accounts. That an address is taken has to be said to whoever registers it; that is all it says (409), after the
/// same work as for a free one, and no more often than the sign-in limit allows.
/// </summary>
internal static class Register
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/accounts", HandleAsync)
            .WithTags("Accounts")
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn);

    private static async Task<Results<Created<AccountCreated>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        RegisterAccount body,
        PasswordHasher passwords,
        NpgsqlDataSource database,
        IOutbox outbox,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        var email = EmailAddress.Normalize(body.Email);
        v.Check("email", email is not null, "must be an e-mail address");
        PasswordRules.Check(v, body.Password, body.Email.Trim());
        v.Text("name", body.Name, max: 50);
        var isFarmer = body.Role == "farmer";
        if (v.Check("role", isFarmer || body.Role == "shopper", "must be shopper or farmer") && isFarmer)
        {
            v.Text("farmName", body.FarmName, max: 60);
            v.Text("region", body.Region, max: 60);
        }

        if (v.Failed)
        {
            return v.Problem();
        }

        var account = new
        {
            Id = Guid.CreateVersion7(),
            email,
            Name = body.Name.Trim(),
            body.Role,
            Hash = await passwords.HashAsync(body.Password, cancellationToken),
            Approved = !isFarmer,
            FarmName = isFarmer ? body.FarmName!.Trim() : null,
            Region = isFarmer ? body.Region!.Trim() : null,
        };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var inserted = await connection.ExecuteAsync(
            """
            insert into account (id, email, name, role, password_hash, approved, farm_name, region)
            values (@Id, @email, @Name, @Role, @Hash, @Approved, @FarmName, @Region)
            on conflict (email) do nothing
            """,
            account,
            transaction
        );
        if (inserted == 0)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "This e-mail address cannot be registered.",
                detail: "If it is yours, sign in instead."
            );
        }

        await outbox.AppendAsync(
            transaction,
            [new OutgoingEvent(account.Id, new AccountRegistered(account.Id, account.Name, account.Role))],
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created("/me", new AccountCreated(account.Id));
    }
}
