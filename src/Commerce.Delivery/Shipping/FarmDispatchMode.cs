using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Shipping;

/// <summary>
/// GET and PUT /farm/hand-over: a farmer who wants to hand boxes over takes the own farm out of the carrier's rounds. Orders that
/// are scheduled already stay as they are.
/// </summary>
internal static class FarmDispatchMode
{
    public static void MapHandOver(this IEndpointRouteBuilder endpoints)
    {
        var farm = endpoints.MapGroup("/farm/hand-over").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farm.MapGet("/", ShowAsync)
            .WithName("GetHandOver")
            .WithSummary("Whether the farmer hands over or the carrier collects");
        farm.MapPut("/", ChangeAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithName("ChooseHandOver")
            .WithSummary("Chooses it for orders that are confirmed from now on");
    }

    private static async Task<Ok<HandOver>> ShowAsync(
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var byFarmer = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from hand_over_farms where farm_id = @farmId)",
                new { farmId = context.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok(new HandOver(byFarmer));
    }

    private static async Task<Ok<HandOver>> ChangeAsync(
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
