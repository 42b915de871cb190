using System.Security.Claims;
using Dapper;
using Npgsql;

namespace Commerce.Data.Audit;

/// <summary>What admins did in this service, shown by <c>GET /audit</c>.</summary>
public static class AuditLog
{
    /// <summary>Writes it down with what is done: in the caller's transaction.</summary>
    /// <param name="admin">Whose token it was; behind an admin policy only.</param>
    /// <param name="action">Such as <c>order.refund</c>.</param>
    /// <param name="subject">Id of what it was done to.</param>
    /// <param name="note">In the admin's words, or what came of it. No personal data, no secrets.</param>
    public static Task RecordAsync(
        NpgsqlTransaction transaction,
        ClaimsPrincipal admin,
        string action,
        Guid subject,
        string? note,
        CancellationToken cancellationToken
    ) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                insert into audit (id, admin_id, admin_name, action, subject, note)
                values (@Id, @AdminId, @AdminName, @action, @subject, @note)
                """,
                new
                {
                    Id = Guid.CreateVersion7(),
                    AdminId = Guid.Parse(admin.FindFirstValue("sub")!),
                    AdminName = NameOf(admin),
                    action,
                    subject,
                    note,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );

    /// <summary>As the token names the admin.</summary>
    public static string NameOf(ClaimsPrincipal admin) => admin.FindFirstValue("name") ?? "";
}
