using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>POST /dead-letters/{id}/redrive.</summary>
internal static class RedriveDeadLetter
{
    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapPost("/dead-letters/{id:guid}/redrive", HandleAsync)
            .WithSummary(
                "Hands a dead letter to its handler again; 409 when the handler fails again or it was discarded."
            )
            .RequireAuthorization(policy)
            .WithTags("Messaging");

    private static async Task<Results<Ok<DeadLetter>, NotFound, ProblemHttpResult>> HandleAsync(
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
}
