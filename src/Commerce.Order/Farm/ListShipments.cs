using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/shipments: what has to leave the farm, by day.</summary>
internal static class ListShipments
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/shipments", HandleAsync)
            .WithTags("Farm")
            .WithName("ListShipments")
            .WithSummary("Own boxes that have not left yet, by the day on which they are due")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Ok<IReadOnlyList<Shipment>>> HandleAsync(
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var days = await connection.QueryAsync<(DateOnly ShipsOn, int Orders, int Boxes)>(
            new CommandDefinition(
                $"""
                select o.ships_on, count(distinct o.id)::int as orders, sum(l.quantity)::int as boxes
                {FarmOrderRow.UnshippedLines} group by o.ships_on order by o.ships_on
                """,
                new { farmId = context.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        var today = MarketDays.DayOf(time.GetUtcNow());
        return TypedResults.Ok<IReadOnlyList<Shipment>>([
            .. days.Select(day => new Shipment(
                day.ShipsOn,
                MarketDays.CutoffOf(day.ShipsOn),
                day.Orders,
                day.Boxes,
                Late: day.ShipsOn < today
            )),
        ]);
    }
}
