using Commerce.Contracts.Api;
using Commerce.Identity.Credentials;
using Commerce.Identity.Sessions;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Accounts;

/// <summary>
/// POST /me/password. Whoever had the old one is out: every session ends (access tokens run out within their 15 minutes), and
/// the answer opens a new one. A wrong current password is counted like one at sign-in, so that a stolen session cannot guess.
/// </summary>
internal static class ChangePassword
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/me/password", HandleAsync)
            .WithTags("Accounts")
            .RequireAuthorization(Policies.SignedIn)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .RequireRateLimiting(RateLimits.SignIn);

    private static async Task<Results<Ok<Tokens>, NotFound, ValidationProblem, RetryAfterResult>> HandleAsync(
        ChangePasswordRequest body,
        HttpContext context,
        PasswordHasher passwords,
        LoginThrottle throttle,
        SessionStore sessions,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var account = await connection.QuerySingleOrDefaultAsync<Row>(
            "select id, name, role, approved, email, password_hash from account where id = @Id",
            new { Id = context.User.AccountId() }
        );
        if (account is null)
        {
            return TypedResults.NotFound();
        }

        var v = new Validation();
        PasswordRules.Check(v, body.New, account.Email, "new");
        v.Check("new", body.New != body.Current, "must differ from the current one");
        if (v.Failed)
        {
            return v.Problem();
        }

        var key = LoginThrottle.KeyOf(account.Email, context.Connection.RemoteIpAddress);
        using (await passwords.AcquireSlotAsync(cancellationToken))
        {
            if (await throttle.WaitAsync(key, cancellationToken) is { } wait)
            {
                return RateLimits.TooManyRequests(wait);
            }

            if (!PasswordRules.IsWellFormed(body.Current) || !passwords.Verify(body.Current, account.PasswordHash))
            {
                await throttle.FailedAsync(key, CancellationToken.None);
                return Validation.Problem("current", "is not the current password");
            }
        }

        await throttle.SucceededAsync(key, cancellationToken);
        var hash = await passwords.HashAsync(body.New, cancellationToken);
        // Of two changes at once, the one whose current password still holds wins.
        var changed = await connection.QuerySingleAsync<int>(
            """
            with changed as (
              update account set password_hash = @hash where id = @Id and password_hash = @PasswordHash returning id
            ), ended as (
              update session s set revoked_at = now() from changed where s.account_id = changed.id and s.revoked_at is null
            )
            select count(*)::int from changed
            """,
            new
            {
                account.Id,
                account.PasswordHash,
                hash,
            }
        );
        if (changed == 0)
        {
            return Validation.Problem("current", "is not the current password");
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            await sessions.OpenAsync(
                new TokenAccount(account.Id, account.Name, account.Role, account.Approved),
                cancellationToken
            )
        );
    }

    private sealed record Row(Guid Id, string Name, string Role, bool Approved, string Email, string PasswordHash);
}
