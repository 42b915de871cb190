using System.Security.Claims;
using Commerce.Contracts.Events;
using Commerce.Data.Audit;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Farmers;

/// <summary>
/// POST /farmers/{id}/approve. Safe to repeat: the event goes out once. The farmer's tokens carry the approval from their
/// next refresh on.
/// </summary>
internal static class ApproveFarmer
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/farmers/{id:guid}/approve", HandleAsync)
            .WithTags("Farmers")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid id,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        IOutbox outbox,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var farm = await connection.QuerySingleOrDefaultAsync<Farm>(
            """
            select farm_name, region, approved from account where id = @id and role = 'farmer' for update
            """,
            new { id },
            transaction
        );
        if (farm is null)
        {
            return TypedResults.NotFound();
        }

        if (!farm.Approved)
        {
            await connection.ExecuteAsync("update account set approved = true where id = @id", new { id }, transaction);
            // Registration asks for one name only; the farmer adds the English one in Catalog.
            await outbox.AppendAsync(
                transaction,
                [new OutgoingEvent(id, new FarmerApproved(id, farm.FarmName, farm.FarmName, farm.Region))],
                cancellationToken
            );
            await AuditLog.RecordAsync(transaction, admin, "farmer.approve", id, note: null, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private sealed record Farm(string FarmName, string Region, bool Approved);
}
