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

/// <summary>POST /dead-letters/discard.</summary>
internal static class DiscardDeadLetters
{
    private const int LongestNote = 300;

    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapPost("/dead-letters/discard", HandleAsync)
            .WithSummary($"Puts 1 to {LetterIds.MostAtOnce} dead letters away with a note. They stay, marked.")
            .RequireAuthorization(policy)
            .WithTags("Messaging");

    private static async Task<Results<Ok<LetterOutcomes>, ValidationProblem>> HandleAsync(
        DiscardLetters body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (LetterIds.Distinct(body.Ids) is not { } ids)
        {
            return LetterIds.Problem();
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
}
