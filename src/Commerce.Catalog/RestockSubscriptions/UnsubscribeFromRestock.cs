using Commerce.Catalog.Live;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.RestockSubscriptions;

/// <summary>DELETE /fruits/{id}/wish.</summary>
internal static class UnsubscribeFromRestock
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapDelete("/fruits/{id:guid}/wish", HandleAsync)
            .WithTags("Wishes")
            .WithSummary("Forgets the wish; also after its notice was seen")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<NoContent> HandleAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        LiveUpdates live,
        CancellationToken cancellationToken
    )
    {
        var account = http.User.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from wishes where account_id = @account and fruit_id = @id",
                new { id, account },
                cancellationToken: cancellationToken
            )
        );
        live.WishesChanged([account]);
        return TypedResults.NoContent();
    }
}
