using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Admin;

/// <summary>POST /admin/accounts/{id}/lock, with a note.</summary>
internal static class LockAccount
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/admin/accounts/{id:guid}/lock", HandleAsync)
            .WithTags("Admin")
            .WithSummary("Ends the account's sessions and refuses to sign it in; 409 for one's own.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<NoContent, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id,
        AdminNote body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    ) =>
        id == admin.AccountId()
            ? TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "This is your own account.",
                detail: "Another admin can lock it."
            )
            : await AccountLock.SetAsync(id, locked: true, body.Note, admin, database, cancellationToken);
}
