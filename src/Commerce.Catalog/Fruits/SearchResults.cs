using Commerce.Contracts.Api;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>One page of a search, and its facets.</summary>
internal static class SearchResults
{
    private static readonly Dictionary<string, string> Orders = new(StringComparer.Ordinal)
    {
        ["recommended"] = $"{Closeness} desc, {FruitRow.Recommended}",
        ["harvested"] = "s.available > 0 desc, f.harvested_on desc, f.id",
        ["newest"] = "f.created_at desc, f.id desc",
        ["price"] = "f.price_krw, f.id",
        ["-price"] = "f.price_krw desc, f.id",
        ["brix"] = "f.brix desc, f.id",
        ["rating"] = "(f.rating_sum::float8 / nullif(f.review_count, 0)) desc nulls last, f.review_count desc, f.id",
    };

    public static IReadOnlyCollection<string> Sorts => Orders.Keys;

    /// <summary>A whole word is closer than the beginning of one, and that than its middle: 감 is a persimmon before it is 감귤.</summary>
    private const string Closeness = """
        (select coalesce(sum(case when strpos(' ' || f.search_text || ' ', ' ' || word || ' ') > 0 then 3
            when strpos(' ' || f.search_text, ' ' || word) > 0 then 2 else 1 end), 0)
          from unnest(@Words) word)
        """;

    /// <summary>
    /// Everything that has the words. Of each filter with a facet it says whether the fruit fails it (1 or 0): a facet counts
    /// the fruits that fail no other.
    /// </summary>
    private const string Found = $"""
        with found as materialized (
          select f.id, f.category, f.grade, f.certifications, f.price_krw, farm.region, farm.region_en,
            {FruitRow.InSeason} as in_season, fails.*,
            fails.category_ + fails.region_ + fails.grade_ + fails.certification_ + fails.season_ + fails.price_ as failed
          from {FruitRow.From} cross join lateral (select
            (@Category is not null and f.category <> @Category)::int as category_,
            (@Region is not null and farm.region <> @Region and not starts_with(farm.region, @Region || ' '))::int as region_,
            (@Grade is not null and f.grade <> @Grade)::int as grade_,
            (@Certification is not null and not @Certification = any(f.certifications))::int as certification_,
            (@InSeason is not null and @InSeason <> {FruitRow.InSeason})::int as season_,
            (not f.price_krw between coalesce(@MinPrice, 0) and coalesce(@MaxPrice, 9223372036854775807))::int as price_
          ) fails
          where f.for_sale
            and f.search_grams @> grams(@Q)
            and not exists (select from unnest(@Words) word where strpos(f.search_text, word) = 0)
            and (@Farm is null or f.farm_id = @Farm)
        )
        """;

    private const string Facets = $"""
        {Found}
        select 'category' as kind, category as value, '' as label_en, count(*) as number
          from found where failed = category_ group by category
        union all select 'region', region, min(region_en), count(*) from found where failed = region_ group by region
        union all select 'grade', grade, '', count(*) from found where failed = grade_ group by grade
        union all select 'certification', certification, '', count(*)
          from found, unnest(certifications) certification where failed = certification_ group by certification
        union all select 'season', '', '', count(*) from found where failed = season_ and in_season
        union all select 'lowest', '', '', min(price_krw) from found where failed = price_ having count(*) > 0
        union all select 'highest', '', '', max(price_krw) from found where failed = price_ having count(*) > 0
        union all select 'total', '', '', count(*) from found where failed = 0
        """;

    public static async Task<FruitPage> FindAsync(
        NpgsqlConnection connection,
        FruitSearch search,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var page = search.Page ?? 1;
        var pageSize = search.PageSize ?? 24;
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                {Facets};
                {Found}
                select {FruitRow.Columns} from {FruitRow.From} join found on found.id = f.id
                where failed = 0
                order by {Orders[search.Sort ?? "recommended"]} limit @pageSize offset @Skip
                """,
                new
                {
                    search.Q,
                    search.Words,
                    Category = Absent(search.Category),
                    Region = Absent(search.Region),
                    Grade = Absent(search.Grade),
                    Certification = Absent(search.Certification),
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
            (int)counts["total"].Single().Number,
            page,
            pageSize,
            new FruitFacets(
                Facet(counts["category"], count => Categories.English(count.Value)),
                Facet(counts["region"], count => count.LabelEn),
                Facet(counts["grade"], count => Categories.GradeInEnglish(count.Value)),
                Facet(counts["certification"], count => count.Value),
                (int)counts["season"].Single().Number,
                counts["lowest"].SingleOrDefault()?.Number,
                counts["highest"].SingleOrDefault()?.Number
            )
        );
    }

    private static string? Absent(string? filter) => string.IsNullOrWhiteSpace(filter) ? null : filter.Trim();

    private static List<FacetCount> Facet(IEnumerable<Count> counts, Func<Count, string> label) =>
        [
            .. counts
                .OrderByDescending(count => count.Number)
                .ThenBy(count => count.Value, StringComparer.Ordinal)
                .Select(count => new FacetCount(count.Value, label(count), (int)count.Number)),
        ];

    private sealed record Count(string Kind, string Value, string LabelEn, long Number);
}
