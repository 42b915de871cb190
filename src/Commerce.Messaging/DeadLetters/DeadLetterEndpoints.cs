using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Data.Audit;
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

/// <summary>Body of POST /dead-letters/redrive.</summary>
internal sealed record RedriveLetters(IReadOnlyList<Guid>? Ids);

/// <summary>Body of POST /dead-letters/discard.</summary>
internal sealed record DiscardLetters(IReadOnlyList<Guid>? Ids, string? Note);

internal sealed record LetterOutcomes(IReadOnlyList<LetterOutcome> Results);

/// <param name="Outcome"><c>done failed not-found discarded redriven</c>.</param>
internal sealed record LetterOutcome(Guid Id, string Outcome, string? Error);

internal static class DeadLetterEndpoints
{
    private const int MostAtOnce = 100;
    private const int LongestNote = 300;

    public static void Map(IEndpointRouteBuilder endpoints, string policy)
    {
        var group = endpoints.MapGroup("/dead-letters").RequireAuthorization(policy).WithTags("Messaging");
        group
            .MapGet("/", ListAsync)
            .WithSummary(
                "Events that consumers gave up on, newest first. state: open, redriven, discarded; type: a ce_type."
            );
        group
            .MapPost("/{id:guid}/redrive", RedriveOneAsync)
            .WithSummary(
                "Hands a dead letter to its handler again; 409 when the handler fails again or it was discarded."
            );
        group
            .MapPost("/redrive", RedriveAsync)
            .WithSummary(
                $"The same for 1 to {MostAtOnce} dead letters, one after the other, with an outcome for each."
            );
        group
            .MapPost("/discard", DiscardAsync)
            .WithSummary($"Puts 1 to {MostAtOnce} dead letters away with a note. They stay, marked.");
    }

    private static async Task<Results<Ok<Paged<DeadLetter>>, ValidationProblem>> ListAsync(
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

    private static async Task<Results<Ok<DeadLetter>, NotFound, ProblemHttpResult>> RedriveOneAsync(
        Guid id,
        ClaimsPrincipal admin,
        Redrive redrive,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var outcome = await redrive.RunAsync(id, admin, cancellationToken);
        if (outcome.Outcome == Redrive.NotFound)
        {
            return TypedResults.NotFound();
        }

        if (outcome.Outcome is Redrive.Failed or Redrive.Discarded)
        {
            return TypedResults.Problem(
                outcome.Error,
                title: outcome.Outcome == Redrive.Failed ? "The handler failed again." : "It was discarded.",
                statusCode: StatusCodes.Status409Conflict
            );
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<DeadLetterRow>(
            $"select {DeadLetterRow.Columns} from dead_letters where id = @id",
            new { id }
        );
        return TypedResults.Ok(row.ToLetter());
    }

    private static async Task<Results<Ok<LetterOutcomes>, ValidationProblem>> RedriveAsync(
        RedriveLetters body,
        ClaimsPrincipal admin,
        Redrive redrive,
        CancellationToken cancellationToken
    )
    {
        if (Distinct(body.Ids) is not { } ids)
        {
            return BadIds();
        }

        var outcomes = new List<LetterOutcome>(ids.Count);
        foreach (var id in ids)
        {
            outcomes.Add(await redrive.RunAsync(id, admin, cancellationToken));
        }

        return TypedResults.Ok(new LetterOutcomes(outcomes));
    }

    private static async Task<Results<Ok<LetterOutcomes>, ValidationProblem>> DiscardAsync(
        DiscardLetters body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (Distinct(body.Ids) is not { } ids)
        {
            return BadIds();
        }

        var note = body.Note?.Trim() ?? "";
        if (note.Length is 0 or > LongestNote || note.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            return Validation.Problem("note", $"must have 1 to {LongestNote} characters, without control characters");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var outcomes = new List<LetterOutcome>(ids.Count);
        // In id order, so that two admins wait for each other instead of deadlocking.
        foreach (var id in ids.Order())
        {
            outcomes.Add(
                new LetterOutcome(id, await DiscardOneAsync(transaction, id, admin, note, cancellationToken), null)
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new LetterOutcomes(outcomes));
    }

    private static async Task<string> DiscardOneAsync(
        NpgsqlTransaction transaction,
        Guid id,
        ClaimsPrincipal admin,
        string note,
        CancellationToken cancellationToken
    )
    {
        var state = await Redrive.LockAsync(transaction, id, cancellationToken);
        if (state is not null)
        {
            return state;
        }

        await transaction.Connection!.ExecuteAsync(
            """
            update dead_letters set discarded_at = clock_timestamp(), discarded_by = @by, discard_note = @note where id = @id
            """,
            new
            {
                id,
                by = AuditLog.NameOf(admin),
                note,
            },
            transaction
        );
        await AuditLog.RecordAsync(transaction, admin, "dead-letter.discard", id, note, cancellationToken);
        return Redrive.Done;
    }

    private static List<Guid>? Distinct(IReadOnlyList<Guid>? ids) =>
        ids is { Count: > 0 and <= MostAtOnce } ? [.. ids.Distinct()] : null;

    private static ValidationProblem BadIds() => Validation.Problem("ids", $"must be 1 to {MostAtOnce} ids");
}
