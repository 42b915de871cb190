using Commerce.Contracts.Api;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>One page of a search, and its facets.</summary>
internal static class SearchResults
{
    /// <summary>
    /// Of fruits that have the words, or belong to the farm, so many are looked at, the first in the list's order. Nobody turns
    /// eighty pages, and 사과 is a third of the market.
    /// </summary>
    private const int MostMatches = 2_000;

    /// <summary>A word on every twenty-fifth fruit has its 2,000 within so many.</summary>
    private const int Stretch = 50_000;

    // Each is the order of an index.
    private static readonly Dictionary<string, string> Orders = new(StringComparer.Ordinal)
    {
        ["recommended"] = FruitRow.Recommended,
        ["harvested"] = "f.in_stock desc, f.harvested_on desc, f.id",
        ["newest"] = "f.created_at desc, f.id desc",
        ["price"] = "f.price_krw, f.id",
        ["-price"] = "f.price_krw desc, f.id desc",
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

    private const string HasWords = """
        f.for_sale and f.search_grams @> grams(@Q)
          and not exists (select from unnest(@Words) word where strpos(f.search_text, word) = 0)
          and (@Farm is null or f.farm_id = @Farm)
        """;

    private const string PassesFilters = """
        f.for_sale and (@Category is null or f.category = @Category)
          and (@Region is null or f.farm_id in (
            select id from farms where region = @Region or starts_with(region, @Region || ' ')))
          and (@Grade is null or f.grade = @Grade)
          and (@Certification is null or @Certification = any(f.certifications))
          and (@InSeason is null or @InSeason = is_season(f.season_from, f.season_to, @Month))
          and (@MinPrice is null or f.price_krw >= @MinPrice)
          and (@MaxPrice is null or f.price_krw <= @MaxPrice)
        """;

    /// <summary>
    /// Facets of <c>alike</c>, fruits of which each row counts <c>number</c>. Of each filter with a facet it says whether they
    /// fail it (1 or 0): a facet counts those that fail no other. Prices are many, and are put together first.
    /// </summary>
    private const string Facets = """
        , priced as (
          select category, region, region_en, grade, certifications, season_from, season_to, sum(number)::int as number,
            min(price_krw) as lowest, max(price_krw) as highest,
            (not price_krw between coalesce(@MinPrice, 0) and coalesce(@MaxPrice, 9223372036854775807))::int as price_
          from alike group by category, region, region_en, grade, certifications, season_from, season_to, price_
        ), found as materialized (
          select priced.*, is_season(season_from, season_to, @Month) as in_season, fails.*,
            fails.category_ + fails.region_ + fails.grade_ + fails.certification_ + fails.season_ + price_ as failed
          from priced cross join lateral (select
            (@Category is not null and category <> @Category)::int as category_,
            (@Region is not null and region <> @Region and not starts_with(region, @Region || ' '))::int as region_,
            (@Grade is not null and grade <> @Grade)::int as grade_,
            (@Certification is not null and not @Certification = any(certifications))::int as certification_,
            (@InSeason is not null and @InSeason <> is_season(season_from, season_to, @Month))::int as season_
          ) fails
        )
        select 'category' as kind, category as value, '' as label_en, sum(number)::bigint as number
          from found where failed = category_ group by category
        union all select 'region', region, min(region_en), sum(number) from found where failed = region_ group by region
        union all select 'grade', grade, '', sum(number) from found where failed = grade_ group by grade
        union all select 'certification', certification, '', sum(number)
          from found, unnest(certifications) certification where failed = certification_ group by certification
        union all select 'season', '', '', coalesce(sum(number), 0) from found where failed = season_ and in_season
        union all select 'lowest', '', '', min(lowest) from found where failed = price_ having count(*) > 0
        union all select 'highest', '', '', max(highest) from found where failed = price_ having count(*) > 0
        union all select 'total', '', '', coalesce(sum(number), 0) from found where failed = 0
        union all select 'looked', '', '', coalesce(sum(number), 0) from found
        """;

    /// <summary>The whole market by filters: counted by what was counted before, listed along an index.</summary>
    private static string Browse(string order) =>
        $"""
            with alike as (select * from fruit_counts) {Facets};
            with chosen as (
              select f.id from fruits f where {PassesFilters} order by {order} limit @pageSize offset @Skip
            )
            select {FruitRow.Columns} from {FruitRow.From} join chosen on chosen.id = f.id order by {order};
            """;

    /// <summary>What has the words or belongs to the farm: looked at one by one, as far as <see cref="MostMatches"/>.</summary>
    private static string Search(string order, string closeness, bool hasWords) =>
        $"""
            with {First(HasWords, order, MostMatches, hasWords)}, alike as (
              select f.category, farm.region, farm.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw,
                1 as number
              from first join fruits f on f.id = first.id join farms farm on farm.id = f.farm_id
            ) {Facets};
            with {First($"{HasWords} and {PassesFilters}", order, MostMatches + 1, hasWords)}
            select {FruitRow.Columns}, count(*) over () as matches from {FruitRow.From} join first on first.id = f.id
            order by {closeness} {order} limit @pageSize offset @Skip;
            """;

    /// <summary>
    /// Common table expression <c>first</c>: the first so many in that order. PostgreSQL takes the letters of a word for
    /// independent of each other and cannot know whether it is on every third fruit or on none. So the list is walked for a
    /// stretch, which is enough for frequent words; what is found too rarely there is looked up in the index of letters.
    /// </summary>
    private static string First(string where, string order, int most, bool hasWords) =>
        hasWords
            ? $"""
                walked as materialized (
                  select f.id from (select * from fruits f where f.for_sale order by {order} limit {Stretch}) f
                  where {where} limit {most}
                ), first as materialized (
                  select id from walked where (select count(*) from walked) = {most}
                  union all
                  (select f.id from fruits f where (select count(*) from walked) < {most} and {where} order by {order} limit {most})
                )
                """
            : $"first as materialized (select f.id from fruits f where {where} order by {order} limit {most})";

    public static async Task<FruitPage> FindAsync(
        NpgsqlConnection connection,
        FruitSearch search,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var page = search.Page ?? 1;
        var pageSize = search.PageSize ?? 24;
        var sort = search.Sort ?? "recommended";
        var isSearch = search.Words.Length > 0 || search.Farm is not null;
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                isSearch
                    ? Search(
                        Orders[sort],
                        sort == "recommended" ? $"{Closeness} desc," : "",
                        hasWords: search.Words.Length > 0
                    )
                    : Browse(Orders[sort]),
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
        var items = (await results.ReadAsync<Match>()).ToList();
        var total = counts["total"].Single().Number;
        if (isSearch && counts["looked"].Single().Number == MostMatches && items.Count > 0)
            total = items[0].Matches;
        return new FruitPage(
            items.ConvertAll(row => row.ToFruit(now)),
            (int)(isSearch ? Math.Min(total, MostMatches) : total),
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
            ),
            TotalIsAtLeast: isSearch && total > MostMatches
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

    private sealed class Match : FruitRow
    {
        /// <summary>Fruits on all pages; one more than <see cref="MostMatches"/> when counting stopped there.</summary>
        public long Matches { get; init; }
    }

    private sealed record Count(string Kind, string Value, string LabelEn, long Number);
}
