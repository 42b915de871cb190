using System.Security.Claims;
using Commerce.Contracts.Events;
using Commerce.Data.Audit;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Farmers;

/// <summary>
/// Whether a farmer may sell. Setting it is safe to repeat: the event goes out once. Only approved farmers have something to
/// suspend.
/// </summary>
internal static class FarmerSuspension
{
    public static async Task<Results<NoContent, NotFound, ValidationProblem>> SetAsync(
        Guid id,
        bool suspended,
        string note,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        IOutbox outbox,
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
        var farmer = await connection.QuerySingleOrDefaultAsync<Farmer>(
            new CommandDefinition(
                """
                select suspended_at is not null as suspended, clock_timestamp() as now
                from account where id = @id and role = 'farmer' and approved for update
                """,
                new { id },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (farmer is null)
        {
            return TypedResults.NotFound();
        }

        if (farmer.Suspended != suspended)
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    update account set suspended_at = case when @suspended then @Now end,
                      suspension_reason = case when @suspended then @note end
                    where id = @id
                    """,
                    new
                    {
                        id,
                        suspended,
                        farmer.Now,
                        note,
                    },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
            object payload = suspended
                ? new FarmerSuspended(id, note, farmer.Now)
                : new FarmerReinstated(id, farmer.Now);
            await outbox.AppendAsync(transaction, [new OutgoingEvent(id, payload)], cancellationToken);
            var action = suspended ? "farmer.suspend" : "farmer.reinstate";
            await AuditLog.RecordAsync(transaction, admin, action, id, note, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private sealed record Farmer(bool Suspended, DateTimeOffset Now);
}
