using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>GET /fruits/{id}/lots.</summary>
internal static class ListLots
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/{id:guid}/lots", HandleAsync)
            .WithTags("Farm")
            .WithSummary("Harvest lots of an own fruit, newest first")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<IReadOnlyList<Lot>>, NotFound>> HandleAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (
            await connection.QueryAsync<LotRow>(
                new CommandDefinition(
                    """
                    select l.id, l.harvested_on, l.brix, l.quantity, l.created_at,
                      l.brix_method, l.brix_measured_on
                    from fruits f left join lots l on l.fruit_id = f.id
                    where f.id = @id and f.farm_id = @Sub order by l.harvested_on desc, l.id desc
                    """,
                    new { id, Sub = http.User.AccountId() },
                    cancellationToken: cancellationToken
                )
            )
        ).ToList();
        if (rows.Count == 0)
            return TypedResults.NotFound();
        // The outer join gives one empty row for a fruit without lots.
        return TypedResults.Ok<IReadOnlyList<Lot>>([
            .. rows.Where(row => row.Id is not null)
                .Select(row => new Lot(
                    row.Id!.Value,
                    row.HarvestedOn,
                    row.Brix,
                    row.Quantity,
                    row.CreatedAt,
                    row.BrixMethod,
                    row.BrixMeasuredOn
                )),
        ]);
    }

    private sealed class LotRow
    {
        public Guid? Id { get; init; }
        public DateOnly HarvestedOn { get; init; }
        public decimal Brix { get; init; }
        public int Quantity { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public string BrixMethod { get; init; } = "";
        public DateOnly BrixMeasuredOn { get; init; }
    }
}
