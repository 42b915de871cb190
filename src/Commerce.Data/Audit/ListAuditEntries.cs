using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Data.Audit;

/// <summary>GET /audit.</summary>
internal static class ListAuditEntries
{
    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapGet("/audit", HandleAsync)
            .RequireAuthorization(policy)
            .WithTags("Audit")
            .WithSummary(
                "What admins did in this service, newest first; subject: to this order, account or dead letter."
            );

    private static async Task<Results<Ok<Paged<AuditEntry>>, ValidationProblem>> HandleAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        Guid? subject = null,
        int? page = null,
        int? pageSize = null
    )
    {
        var validation = new Validation();
        var wanted = PageRequest.Read(page, pageSize, validation);
        if (validation.Failed)
        {
            return validation.Problem();
        }

        const string Where = "where @subject::uuid is null or subject = @subject";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from audit {Where};
                select id, at, admin_id, admin_name, action, subject, note from audit {Where}
                order by id desc limit @PageSize offset @Offset
                """,
                new
                {
                    subject,
                    wanted.PageSize,
                    wanted.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var entries = (await results.ReadAsync<AuditEntry>()).AsList();
        return TypedResults.Ok(new Paged<AuditEntry>(entries, total, wanted.Page, wanted.PageSize));
    }
}
