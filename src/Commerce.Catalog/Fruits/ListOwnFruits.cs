using System.Text;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /farm/fruits.</summary>
/// <param name="Q">Words that must all occur in name, variety, category or region.</param>
/// <param name="State"><c>for-sale</c>, <c>withdrawn</c> or <c>low</c>: for sale with 5 boxes or less.</param>
/// <param name="PageSize">1–100, 20 when absent.</param>
internal sealed record OwnFruitSearch(string? Q, string? State, int? Page, int? PageSize);

internal static class ListOwnFruits
{
    private const int Low = 5;

    private static readonly Dictionary<string, string> States = new(StringComparer.Ordinal)
    {
        ["for-sale"] = "and f.for_sale",
        ["withdrawn"] = "and not f.for_sale",
        ["low"] = $"and f.for_sale and s.available <= {Low}",
    };

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/fruits", HandleAsync)
            .WithTags("Farm")
            .WithSummary("The farmer's own fruits, newest first, with those that are not for sale")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<Paged<Fruit>>, ValidationProblem>> HandleAsync(
        [AsParameters] OwnFruitSearch search,
        HttpContext http,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var state = "";
        var v = new Validation();
        v.OptionalText("q", search.Q, max: 100);
        v.Check(
            "state",
            string.IsNullOrEmpty(search.State) || States.TryGetValue(search.State, out state),
            $"must be one of {string.Join(", ", States.Keys)}"
        );
        var (page, size) = PageRequest.Read(search.Page, search.PageSize, v);
        if (v.Failed)
            return v.Problem();

        var words = (search.Q ?? "")
            .Normalize(NormalizationForm.FormC)
            .ToLowerInvariant()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // Few enough fruits belong to a farm to look at each.
        var own = $"""
            from {FruitRow.From}
            where f.farm_id = @Sub {state}
              and not exists (select from unnest(@words) word where strpos(f.search_text, word) = 0)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int {own};
                select {FruitRow.Columns} {own}
                order by {(search.State == "low" ? "s.available," : "")} f.created_at desc, f.id desc
                limit @size offset @skip
                """,
                new
                {
                    Sub = http.User.AccountId(),
                    words,
                    size,
                    skip = (page - 1) * size,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var now = time.GetUtcNow();
        var fruits = (await results.ReadAsync<FruitRow>()).Select(row => row.ToFruit(now)).ToList();
        return TypedResults.Ok(new Paged<Fruit>(fruits, total, page, size));
    }
}
