using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.Order.Queries;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/shipments and GET /farm/pick-list: what has to leave the farm, by day.</summary>
internal static class ShipmentsApi
{
    private const int MostOrders = 1_000;

    private const string ToShip = $"""
        from orders o join order_lines l on l.order_id = o.id and l.farm_id = @farmId
        where o.status = 'Confirmed' and o.ships_on is not null and {FarmOrderRow.IsToShip}
        """;

    public static void MapShipments(this IEndpointRouteBuilder endpoints)
    {
        var farm = endpoints.MapGroup("/farm").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farm.MapGet("/shipments", DaysAsync)
            .WithName("ListShipments")
            .WithSummary("Own boxes that have not left yet, by the day on which they are due");
        farm.MapGet("/pick-list", PickListAsync)
            .WithName("GetPickList")
            .WithSummary("One day's boxes: per fruit to gather, per order to pack")
            .ProducesValidationProblem();
    }

    private static async Task<Ok<IReadOnlyList<Shipment>>> DaysAsync(
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
                {ToShip} group by o.ships_on order by o.ships_on
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

    private static async Task<Results<Ok<PickList>, ValidationProblem>> PickListAsync(
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
                {ToShip} and o.ships_on = @shipsOn group by l.fruit_id order by 2, 1;

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
