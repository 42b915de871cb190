using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>What of the dead letters is asked for; an absent filter lets everything through.</summary>
/// <param name="State"><c>open redriven discarded</c>.</param>
/// <param name="Type">A whole <c>ce_type</c>.</param>
internal sealed record DeadLetterFilter(string? State, string? Type, int? Page, int? PageSize);

/// <summary>GET /dead-letters.</summary>
internal static class ListDeadLetters
{
    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapGet("/dead-letters", HandleAsync)
            .WithSummary(
                "Events that consumers gave up on, newest first. state: open, redriven, discarded; type: a ce_type."
            )
            .RequireAuthorization(policy)
            .WithTags("Messaging");

    private static async Task<Results<Ok<Paged<DeadLetter>>, ValidationProblem>> HandleAsync(
        [AsParameters] DeadLetterFilter filter,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        var page = PageRequest.Read(filter.Page, filter.PageSize, validation);
        var where = filter.State switch
        {
            null or "" => "true",
            "open" => "redriven_at is null and discarded_at is null",
            "redriven" => "redriven_at is not null",
            "discarded" => "discarded_at is not null",
            _ => null,
        };
        validation.Check("state", where is not null, "must be open, redriven or discarded");
        validation.Check(
            "type",
            filter.Type is not { Length: > 200 } && filter.Type?.Contains('\0') is not true,
            "must be an event type"
        );
        if (validation.Failed)
        {
            return validation.Problem();
        }

        where += string.IsNullOrEmpty(filter.Type) ? "" : " and event_type = @Type";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from dead_letters where {where};
                select {DeadLetterRow.Columns} from dead_letters where {where}
                order by failed_at desc, id limit @PageSize offset @Offset
                """,
                new
                {
                    filter.Type,
                    page.PageSize,
                    page.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var rows = await results.ReadAsync<DeadLetterRow>();
        return TypedResults.Ok(
            new Paged<DeadLetter>([.. rows.Select(row => row.ToLetter())], total, page.Page, page.PageSize)
        );
    }
}
