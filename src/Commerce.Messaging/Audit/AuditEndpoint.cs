using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging;

internal sealed record AuditEntry(
    Guid Id,
    DateTimeOffset At,
    Guid AdminId,
    string AdminName,
    string Action,
    Guid Subject,
    string? Note
);

internal sealed record AuditPage(IReadOnlyList<AuditEntry> Items, int Total, int Page, int PageSize);

internal static class AuditEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapGet("/audit", ListAsync)
            .RequireAuthorization(policy)
            .WithTags("Audit")
            .WithSummary(
                "What admins did in this service, newest first; subject: to this order, account or dead letter."
            );

    private static async Task<Results<Ok<AuditPage>, ValidationProblem>> ListAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        Guid? subject = null,
        int page = 1,
        int pageSize = 20
    )
    {
        if (Paging.Problem(page, pageSize) is { } problem)
        {
            return problem;
        }

        const string Where = "where @subject::uuid is null or subject = @subject";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from audit {Where};
                select id, at, admin_id, admin_name, action, subject, note from audit {Where}
                order by id desc limit @pageSize offset @skip
                """,
                new
                {
                    subject,
                    pageSize,
                    skip = Paging.Skip(page, pageSize),
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        return TypedResults.Ok(new AuditPage((await results.ReadAsync<AuditEntry>()).AsList(), total, page, pageSize));
    }
}
