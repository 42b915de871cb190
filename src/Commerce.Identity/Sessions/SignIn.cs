using Commerce.Contracts.Api;
using Commerce.Identity.Credentials;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Sessions;

/// <summary>POST /tokens. A wrong password and an unknown e-mail get the same 401 after the same time.</summary>
internal static class SignIn
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/tokens", HandleAsync)
            .WithTags("Tokens")
            .AllowAnonymous()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .RequireRateLimiting(RateLimits.SignIn);

    private static async Task<Results<Ok<Tokens>, ProblemHttpResult, RetryAfterResult>> HandleAsync(
        SignInRequest body,
        HttpContext context,
        PasswordHasher passwords,
        LoginThrottle throttle,
        SessionStore sessions,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        // Checked like any other: a form error would tell apart what cannot be an account from what is none.
        var email = EmailAddress.Normalize(body.Email) ?? "";
        var password = body.Password.Length <= 128 && PasswordRules.IsWellFormed(body.Password) ? body.Password : "";
        var key = LoginThrottle.KeyOf(email, context.Connection.RemoteIpAddress);
        Row? account;
        // Under the slot, so that a wave of guesses at once is counted before the next few are tried.
        using (await passwords.AcquireSlotAsync(cancellationToken))
        {
            if (await throttle.WaitAsync(key, cancellationToken) is { } wait)
            {
                return RateLimits.TooManyRequests(wait);
            }

            account = await FindAsync(database, email, cancellationToken);
            if (!passwords.Verify(password, account?.PasswordHash))
            {
                // Not to be escaped by hanging up.
                await throttle.FailedAsync(key, CancellationToken.None);
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status401Unauthorized,
                    title: "The e-mail address or the password is wrong."
                );
            }
        }

        await throttle.SucceededAsync(key, cancellationToken);
        if (account!.Locked)
        {
            // Only to whoever knows the password: nobody else learns that there is such an account.
            return TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "This account is locked.",
                detail: "An admin locked it. Ask the shop."
            );
        }

        var tokens = await sessions.OpenAsync(
            new TokenAccount(account.Id, account.Name, account.Role, account.Approved),
            cancellationToken
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(tokens);
    }

    private static async Task<Row?> FindAsync(
        NpgsqlDataSource database,
        string email,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Row>(
            "select id, name, role, approved, password_hash, locked_at is not null as locked from account where email = @email",
            new { email }
        );
    }

    private sealed record Row(Guid Id, string Name, string Role, bool Approved, string PasswordHash, bool Locked);
}
