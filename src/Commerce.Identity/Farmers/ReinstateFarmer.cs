using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Data.Audit;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Farmers;

/// <summary>POST /farmers/{id}/reinstate, with a note.</summary>
internal static class ReinstateFarmer
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/farmers/{id:guid}/reinstate", HandleAsync)
            .WithTags("Farmers")
            .WithSummary("Lets a suspended farm sell again.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes);

    private static Task<Results<NoContent, NotFound, ValidationProblem>> HandleAsync(
        Guid id,
        AdminNote body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        IOutbox outbox,
        CancellationToken cancellationToken
    ) => FarmerSuspension.SetAsync(id, suspended: false, body.Note, admin, database, outbox, cancellationToken);
}
