using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Admin;

/// <summary>POST /admin/accounts/{id}/unlock, with a note.</summary>
internal static class UnlockAccount
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/admin/accounts/{id:guid}/unlock", HandleAsync)
            .WithTags("Admin")
            .WithSummary("Lets a locked account sign in again.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes);

    private static Task<Results<NoContent, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id,
        AdminNote body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    ) => AccountLock.SetAsync(id, locked: false, body.Note, admin, database, cancellationToken);
}
