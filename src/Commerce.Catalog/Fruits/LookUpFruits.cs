using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>
/// GET /fruits/lookup?ids=…,…: stock, price and shipping day of the fruits in a cart or an order, also of those that are no
/// longer for sale. Unknown ids are left out.
/// </summary>
internal static class LookUpFruits
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/lookup", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Up to 100 fruits by id, as carts need them");

    private static async Task<Results<Ok<IReadOnlyList<Fruit>>, ValidationProblem>> HandleAsync(
        string? ids,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (FruitIds.Parse(ids, Most) is not { } wanted)
            return Validation.Problem("ids", FruitIds.Rule(Most));

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<FruitRow>(
            new CommandDefinition(
                $"select {FruitRow.Columns} from {FruitRow.From} where f.id = any(@wanted) order by f.id",
                new { wanted },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Fruit>>([.. rows.Select(row => row.ToFruit(time.GetUtcNow()))]);
    }
}

/// <summary>A list of ids in a query: <c>ids=a,b,c</c>.</summary>
internal static class FruitIds
{
    public static string Rule(int most) => $"must be 1 to {most} ids, separated by commas";

    /// <summary>Null when there are none, too many, or one that is no id.</summary>
    public static Guid[]? Parse(string? text, int most)
    {
        var parts = text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var ids = parts.Select(part => Guid.TryParse(part, out var id) ? id : (Guid?)null).Distinct().ToList();
        return ids.Count is 0 || ids.Count > most || ids.Contains(null)
            ? null
            : ids.ConvertAll(id => id!.Value).ToArray();
    }
}
