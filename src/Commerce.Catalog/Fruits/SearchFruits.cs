using System.Text;
using System.Text.Json;
using Commerce.Catalog.Live;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /fruits. Prices in whole KRW; an absent filter lets everything through.</summary>
/// <param name="Q">Words that must all occur, each anywhere in name, variety, category, farm or region, Korean or English.</param>
/// <param name="Region">A region such as <c>경북 청송</c>, or its province alone.</param>
/// <param name="Sort"><c>recommended</c> (default), <c>newest</c>, <c>price</c>, <c>-price</c>, <c>brix</c>, <c>rating</c>.</param>
/// <param name="PageSize">1–60, 24 when absent.</param>
internal sealed record FruitSearch(
    string? Q,
    string? Category,
    string? Region,
    string? Grade,
    bool? InSeason,
    long? MinPrice,
    long? MaxPrice,
    Guid? Farm,
    string? Sort,
    int? Page,
    int? PageSize
);

internal static class SearchFruits
{
    private const int MaxPageSize = 60;
    private const int MaxPage = 10_000;

    private static readonly Dictionary<string, string> Orders = new(StringComparer.Ordinal)
    {
        ["recommended"] = FruitRow.Recommended,
        ["newest"] = "f.created_at desc, f.id desc",
        ["price"] = "f.price_krw, f.id",
        ["-price"] = "f.price_krw desc, f.id",
        ["brix"] = "f.brix desc, f.id",
        ["rating"] = "(f.rating_sum::float8 / nullif(f.review_count, 0)) desc nulls last, f.review_count desc, f.id",
    };

    /// <summary>
    /// Everything that the search finds, with the three filters that have facets as flags: a facet counts without its own.
    /// </summary>
    private const string Found = $"""
        with found as materialized (
          select f.id, f.category, f.grade, farm.region, farm.region_en,
            @Category is null or f.category = @Category as of_category,
            @Region is null or farm.region = @Region or starts_with(farm.region, @Region || ' ') as of_region,
            @Grade is null or f.grade = @Grade as of_grade
          from {FruitRow.From}
          where f.for_sale
            and f.search_grams @> grams(@Q)
            and not exists (select from unnest(@Words) word where strpos(f.search_text, word) = 0)
            and (@InSeason is null or @InSeason = {FruitRow.InSeason})
            and f.price_krw between coalesce(@MinPrice, 0) and coalesce(@MaxPrice, 9223372036854775807)
            and (@Farm is null or f.farm_id = @Farm)
        )
        """;

    private const string Facets = $"""
        {Found}
        select 'category' as kind, category as value, '' as label_en, count(*)::int as number
          from found where of_region and of_grade group by category
        union all select 'region', region, min(region_en), count(*)::int from found where of_category and of_grade group by region
        union all select 'grade', grade, '', count(*)::int from found where of_category and of_region group by grade
        union all select 'total', '', '', count(*)::int from found where of_category and of_region and of_grade
        """;

    public static async Task<Results<FileContentHttpResult, ValidationProblem>> HandleAsync(
        [AsParameters] FruitSearch search,
        NpgsqlDataSource database,
        ShopCache cache,
        IOptions<JsonOptions> json,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (Check(search) is { Failed: true } invalid)
            return invalid.Problem();

        search = search with { Q = Words(search.Q) };
        var (page, slot) = await cache.FindListingAsync(search.ToString());
        if (page is null)
        {
            var found = await FindAsync(search, database, time.GetUtcNow(), cancellationToken);
            page = JsonSerializer.SerializeToUtf8Bytes(found, json.Value.SerializerOptions);
            await cache.KeepListingAsync(slot, page);
        }
        return TypedResults.Bytes(page, "application/json; charset=utf-8");
    }

    private static Validation Check(FruitSearch search)
    {
        var v = new Validation();
        v.OptionalText("q", search.Q, max: 100);
        v.OptionalText("category", search.Category, max: 40);
        v.OptionalText("region", search.Region, max: 40);
        v.OptionalText("grade", search.Grade, max: 10);
        v.Check("minPrice", search.MinPrice is null or >= 0, "must not be negative");
        v.Check("maxPrice", search.MaxPrice is null or >= 0, "must not be negative");
        v.Check("maxPrice", !(search.MaxPrice < search.MinPrice), "must not be below minPrice");
        v.Check(
            "sort",
            search.Sort is null || Orders.ContainsKey(search.Sort),
            $"must be one of {string.Join(", ", Orders.Keys)}"
        );
        v.Check("page", search.Page is null or (>= 1 and <= MaxPage), $"must be 1 to {MaxPage}");
        v.Check("pageSize", search.PageSize is null or (>= 1 and <= MaxPageSize), $"must be 1 to {MaxPageSize}");
        return v;
    }

    /// <summary>Lower case with single spaces; composed, since some keyboards send Korean as separate letters.</summary>
    private static string Words(string? q) =>
        string.Join(
            ' ',
            (q ?? "")
                .Normalize(NormalizationForm.FormC)
                .ToLowerInvariant()
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );

    private static async Task<FruitPage> FindAsync(
        FruitSearch search,
        NpgsqlDataSource database,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var page = search.Page ?? 1;
        var pageSize = search.PageSize ?? 24;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                {Facets};
                {Found}
                select {FruitRow.Columns} from {FruitRow.From} join found on found.id = f.id
                where of_category and of_region and of_grade
                order by {Orders[search.Sort ?? "recommended"]} limit @pageSize offset @Skip
                """,
                new
                {
                    search.Q,
                    Words = search.Q!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    Category = Absent(search.Category),
                    Region = Absent(search.Region),
                    Grade = Absent(search.Grade),
                    search.InSeason,
                    search.MinPrice,
                    search.MaxPrice,
                    search.Farm,
                    Calendar.Today(now).Month,
                    pageSize,
                    Skip = (page - 1) * pageSize,
                },
                cancellationToken: cancellationToken
            )
        );
        var counts = (await results.ReadAsync<Count>()).ToLookup(count => count.Kind);
        var items = await results.ReadAsync<FruitRow>();
        return new FruitPage(
            [.. items.Select(row => row.ToFruit(now))],
            counts["total"].Single().Number,
            page,
            pageSize,
            new FruitFacets(
                Facet(counts["category"], count => Categories.English(count.Value)),
                Facet(counts["region"], count => count.LabelEn),
                Facet(counts["grade"], count => Categories.GradeInEnglish(count.Value))
            )
        );
    }

    private static string? Absent(string? filter) => string.IsNullOrWhiteSpace(filter) ? null : filter.Trim();

    private static List<FacetCount> Facet(IEnumerable<Count> counts, Func<Count, string> label) =>
        [
            .. counts
                .OrderByDescending(count => count.Number)
                .ThenBy(count => count.Value, StringComparer.Ordinal)
                .Select(count => new FacetCount(count.Value, label(count), count.Number)),
        ];

    private sealed record Count(string Kind, string Value, string LabelEn, int Number);
}
