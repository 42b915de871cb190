using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.Order.Queries;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/pick-list: one day's boxes.</summary>
internal static class GetPickList
{
    private const int MostOrders = 1_000;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/pick-list", HandleAsync)
            .WithTags("Farm")
            .WithName("GetPickList")
            .WithSummary("One day's boxes: per fruit to gather, per order to pack")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<PickList>, ValidationProblem>> HandleAsync(
        DateOnly shipsOn,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        // A day at the end of the calendar has no beginning in Seoul.
        if (shipsOn.Year is < 2000 or >= 9999)
        {
            return Validation.Problem("shipsOn", "must be a day such as 2026-11-20");
        }

        const string Orders = $"""
            select o.id from orders o
            where o.status = 'Confirmed' and o.ships_on = @shipsOn and {FarmOrderRow.IsOwn} and {FarmOrderRow.IsToShip}
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select l.fruit_id, max(l.name) as name, max(l.name_en) as name_en, sum(l.quantity)::int as boxes
                {FarmOrderRow.UnshippedLines} and o.ships_on = @shipsOn group by l.fruit_id order by 2, 1;

                select count(*)::int from ({Orders}) mine;

                select {FarmOrderRow.Columns} from orders o
                where o.id in ({Orders} order by o.id limit @MostOrders) order by o.id;

                select {LineRow.Columns} from order_lines l
                where l.farm_id = @farmId and l.order_id in ({Orders} order by o.id limit @MostOrders)
                order by l.order_id, l.position
                """,
                new
                {
                    farmId = context.User.AccountId(),
                    shipsOn,
                    MostOrders,
                },
                cancellationToken: cancellationToken
            )
        );
        var fruits = (await results.ReadAsync<PickedFruit>()).AsList();
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<FarmOrderRow>()).AsList();
        var items = FarmOrderRow.Items(await results.ReadAsync<LineRow>());
        return TypedResults.Ok(
            new PickList(
                shipsOn,
                MarketDays.CutoffOf(shipsOn),
                total,
                fruits,
                orders.ConvertAll(order => order.ToOrder(items))
            )
        );
    }
}
