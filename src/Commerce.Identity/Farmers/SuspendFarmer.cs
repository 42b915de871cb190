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

/// <summary>POST /farmers/{id}/suspend, with a note that the farmer reads.</summary>
internal static class SuspendFarmer
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/farmers/{id:guid}/suspend", HandleAsync)
            .WithTags("Farmers")
            .WithSummary("Stops a farm's sales; orders that run go on.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes);

    private static Task<Results<NoContent, NotFound, ValidationProblem>> HandleAsync(
        Guid id,
        AdminNote body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        IOutbox outbox,
        CancellationToken cancellationToken
    ) => FarmerSuspension.SetAsync(id, suspended: true, body.Note, admin, database, outbox, cancellationToken);
}
