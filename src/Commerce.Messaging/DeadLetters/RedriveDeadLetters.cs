using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Messaging.DeadLetters;

/// <summary>POST /dead-letters/redrive.</summary>
internal static class RedriveDeadLetters
{
    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapPost("/dead-letters/redrive", HandleAsync)
            .WithSummary(
                $"The same for 1 to {LetterIds.MostAtOnce} dead letters, one after the other, with an outcome for each."
            )
            .RequireAuthorization(policy)
            .WithTags("Messaging");

    private static async Task<Results<Ok<LetterOutcomes>, ValidationProblem>> HandleAsync(
        RedriveLetters body,
        ClaimsPrincipal admin,
        Redrive redrive,
        CancellationToken cancellationToken
    )
    {
        if (LetterIds.Distinct(body.Ids) is not { } ids)
        {
            return LetterIds.Problem();
        }

        var outcomes = new List<LetterOutcome>(ids.Count);
        foreach (var id in ids)
        {
            outcomes.Add(await redrive.RunAsync(id, admin, cancellationToken));
        }

        return TypedResults.Ok(new LetterOutcomes(outcomes));
    }
}
