using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Shipping;

/// <summary>GET /farm/hand-over: whether a farmer hands boxes over or the carrier collects them on its rounds.</summary>
internal static class GetDispatchMode
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/hand-over", HandleAsync)
            .WithTags("Farm")
            .WithName("GetHandOver")
            .WithSummary("Whether the farmer hands over or the carrier collects")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Ok<HandOver>> HandleAsync(
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
}
