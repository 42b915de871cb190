using System.Security.Claims;
using Commerce.Data.Audit;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Admin;

/// <summary>
/// Whether an account may sign in. Setting it is safe to repeat. Access tokens that are out run for their few minutes; nothing
/// renews them.
/// </summary>
internal static class AccountLock
{
    public static async Task<Results<NoContent, NotFound, ValidationProblem, ProblemHttpResult>> SetAsync(
        Guid id,
        bool locked,
        string note,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        if (!v.Text("note", note, max: 300))
        {
            return v.Problem();
        }

        note = note.Trim();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isLocked = await connection.QuerySingleOrDefaultAsync<bool?>(
            new CommandDefinition(
                "select locked_at is not null from account where id = @id for update",
                new { id },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (isLocked is null)
        {
            return TypedResults.NotFound();
        }

        if (isLocked != locked)
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    locked
                        ? """
                        update account set locked_at = clock_timestamp(), lock_note = @note where id = @id;
                        update session set revoked_at = clock_timestamp() where account_id = @id and revoked_at is null
                        """
                        : "update account set locked_at = null, lock_note = null where id = @id",
                    new { id, note },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
            var action = locked ? "account.lock" : "account.unlock";
            await AuditLog.RecordAsync(transaction, admin, action, id, note, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }
}
