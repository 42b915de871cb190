using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Shipping;

/// <summary>
/// PUT /farm/hand-over: a farmer who wants to hand boxes over takes the own farm out of the carrier's rounds. Orders that are
/// scheduled already stay as they are.
/// </summary>
internal static class ChooseDispatchMode
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/farm/hand-over", HandleAsync)
            .WithTags("Farm")
            .WithName("ChooseHandOver")
            .WithSummary("Chooses it for orders that are confirmed from now on")
            .RequireAuthorization(Policies.Farmer)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Ok<HandOver>> HandleAsync(
        HandOver choice,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                choice.ByFarmer
                    ? "insert into hand_over_farms (farm_id) values (@farmId) on conflict do nothing"
                    : "delete from hand_over_farms where farm_id = @farmId",
                new { farmId = context.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok(choice);
    }
}
