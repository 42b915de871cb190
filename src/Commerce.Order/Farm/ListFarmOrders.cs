using Commerce.Contracts.Api;
using Commerce.Order.Queries;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>GET /farm/orders.</summary>
internal static class ListFarmOrders
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/orders", HandleAsync)
            .WithTags("Farm")
            .WithName("ListFarmOrders")
            .WithSummary(
                "Orders with lines of the own farm, only these lines, newest first. The address is empty unless the order "
                    + "is Confirmed or Delivered. shipsOn: only what has not left yet and is due on that day."
            )
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<Paged<FarmOrder>>, ValidationProblem>> HandleAsync(
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        int? page = null,
        int? pageSize = null,
        string? status = null,
        DateOnly? shipsOn = null
    )
    {
        var validation = new Validation();
        if (OrderListQuery.Read(page, pageSize, status, validation) is not { } listing)
        {
            return validation.Problem();
        }

        // What is to ship is found by its day, everything else by the farm's lines.
        var own = $"""
            from orders o
            where {FarmOrderRow.IsOwn} and (@status::text is null or o.status = @status)
            {(
                shipsOn is null
                    ? ""
                    : $"and o.status = 'Confirmed' and o.ships_on = @shipsOn and {FarmOrderRow.IsToShip}"
            )}
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int {own};

                select {FarmOrderRow.Columns} {own} order by o.id desc limit @limit offset @offset;

                select {LineRow.Columns} from order_lines l
                where l.farm_id = @farmId
                    and l.order_id in (select o.id {own} order by o.id desc limit @limit offset @offset)
                order by l.order_id, l.position
                """,
                new
                {
                    farmId = context.User.AccountId(),
                    status = listing.Status?.ToString(),
                    shipsOn,
                    limit = listing.PageSize,
                    offset = listing.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<FarmOrderRow>()).AsList();
        var items = FarmOrderRow.Items(await results.ReadAsync<LineRow>());
        return TypedResults.Ok(listing.Result(orders.ConvertAll(order => order.ToOrder(items)), total));
    }
}
