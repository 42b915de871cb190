using Commerce.Catalog.Fruits;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Redis;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Catalog.Tests.Fruits;

/// <summary>What the database keeps beside the fruits so that a list need not look at all of them.</summary>
[Collection(CatalogCollection.Name)]
public sealed class SearchFruitsTests(CatalogFixture catalog)
{
    private const string Key = "category, region, region_en, grade, certifications, season_from, season_to, price_krw";

    /// <summary>Rows of either side that the other lacks.</summary>
    private const string Differences = $"""
        with truth as (
          select {Key}, count(*)::int as number from fruits f join (select id as farm, region, region_en from farms) r on r.farm = f.farm_id
          where for_sale group by {Key}
        ), kept as (select {Key}, number from fruit_counts)
        select count(*) from (
          (select * from truth except select * from kept) union all (select * from kept except select * from truth)) d
        """;

    private const string WronglyMarked = """
        select count(*) from fruits f join stock s on s.fruit_id = f.id, season
        where f.in_stock <> (s.available > 0) or f.in_season <> is_season(f.season_from, f.season_to, season.month)
        """;

    /// <summary>Everything that is ever done to a fruit, its farm or its stock; {0} is a number from 1 to 12.</summary>
    private static readonly string[] Changes =
    [
        "update fruits set price_krw = price_krw + {0} * 500 where id in (select id from fruits order by random() limit {0})",
        "update fruits set for_sale = not for_sale, withdrawn = false where id in (select id from fruits order by random() limit {0})",
        "update fruits set season_from = {0}, season_to = 13 - {0} where id in (select id from fruits order by random() limit 3)",
        "update fruits set grade = '상', certifications = array['GAP', 'c' || {0}] where id in (select id from fruits order by random() limit 2)",
        "update fruits set rating_sum = rating_sum + 5, review_count = review_count + 1 where id in (select id from fruits order by random() limit {0})",
        "update farms set region = '제주 제주시 ' || {0}, region_en = 'Jeju' where id in (select id from farms order by random() limit 1)",
        "update farms set region = '제주 서귀포', region_en = 'Seogwipo' where id in (select id from farms order by random() limit 2)",
        "update stock set available = case when available = 0 then {0} else 0 end where fruit_id in (select fruit_id from stock order by random() limit {0})",
        """
            with t as (select * from fruits order by random() limit 1), listed as (
              insert into fruits (id, farm_id, name, name_en, variety, variety_en, category, grade, brix, weight_kg, count_min,
                count_max, price_krw, season_from, season_to, harvested_on, certifications, description, description_en, storage,
                storage_en, image_url, for_sale, search_text, brix_method, brix_measured_on)
              select gen_random_uuid(), farm_id, name, name_en, variety, variety_en, category, grade, brix, weight_kg, count_min,
                count_max, price_krw, {0}, season_to, harvested_on, certifications, description, description_en, storage, storage_en,
                image_url, true, search_text, brix_method, brix_measured_on
              from t, generate_series(1, {0}) returning id)
            insert into stock (fruit_id, available) select id, (random() * 2)::int from listed
            """,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Counts_and_marks_agree_with_the_fruits_whatever_is_done_to_them(int seed)
    {
        var random = new Random(seed);
        await using var connection = await catalog.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select setseed(@Seed)", new { Seed = seed / 10.0 });
        for (var i = 0; i < 60; i++)
        {
            var change = Changes[random.Next(Changes.Length)];
            await connection.ExecuteAsync(change.Replace("{0}", $"{random.Next(1, 13)}", StringComparison.Ordinal));

            (await connection.ExecuteScalarAsync<long>(Differences)).ShouldBe(0, change);
            (await connection.ExecuteScalarAsync<long>(WronglyMarked)).ShouldBe(0, change);
        }

        (await connection.ExecuteScalarAsync<long>("select count(*) from fruit_counts where number <= 0")).ShouldBe(0);
        // Nothing of it is kept: the other tests count the seeded market.
        await transaction.RollbackAsync();
    }

    [Fact]
    public async Task Lists_follow_the_month()
    {
        var now = MarketDays.DayOf(DateTimeOffset.UtcNow).Month;
        try
        {
            for (var month = 1; month <= 12; month++)
            {
                await SeasonRefreshService.TurnAsync(catalog.Database, month, CancellationToken.None);

                await using var connection = await catalog.Database.OpenConnectionAsync();
                (await connection.ExecuteScalarAsync<long>(WronglyMarked)).ShouldBe(0);
                (await connection.ExecuteScalarAsync<int>("select month from season")).ShouldBe(month);
            }
        }
        finally
        {
            await SeasonRefreshService.TurnAsync(catalog.Database, now, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Of_very_many_matches_the_first_are_listed_and_it_is_said_that_there_are_more()
    {
        var like = await catalog.NewFruitAsync(boxes: 1, name: "무수히 많은 사과");
        await using var connection = await catalog.Database.OpenConnectionAsync();
        await ExecuteAsync(
            connection,
            """
            create temp table many as select * from fruits where id = @like;
            alter table many drop column search_grams, drop column liked, drop column code;
            """,
            like
        );
        var columns = await connection.ExecuteScalarAsync<string>(
            "select string_agg(attname, ', ') from pg_attribute where attrelid = 'many'::regclass and attnum > 0 and not attisdropped and attname <> 'id'"
        );
        try
        {
            await ExecuteAsync(
                connection,
                $"""
                insert into fruits (id, {columns}) select gen_random_uuid(), {columns} from many, generate_series(1, 2099);
                insert into stock select id, 5 from fruits where name = '무수히 많은 사과' on conflict do nothing;
                """,
                like
            );

            var first = await SearchAsync("무수히", 1);
            (first.Total, first.TotalIsAtLeast, first.Items.Count).ShouldBe((2000, true, 24));
            (await SearchAsync("무수히", 83))
                .Items.Select(fruit => fruit.Id)
                .ShouldNotBe(first.Items.Select(fruit => fruit.Id));
            // The market as a whole is counted beforehand and has no such end.
            var all = await catalog.SearchAsync("category=apple&minPrice=2");
            (all.Total > 2100, all.TotalIsAtLeast).ShouldBe((true, false));
        }
        finally
        {
            await ExecuteAsync(
                connection,
                """
                update fruits set for_sale = false where name = '무수히 많은 사과';
                delete from stock s using fruits f where f.id = s.fruit_id and f.name = '무수히 많은 사과' and f.id <> @like;
                delete from fruits where name = '무수히 많은 사과' and id <> @like;
                """,
                like
            );
        }

        (await SearchAsync("무수히", 2)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task Many_who_ask_for_the_same_page_wait_for_one_reading_and_a_failure_is_not_kept()
    {
        var cache = catalog.Service.Services.GetRequiredService<ListingCache>();
        // Redis is connected by now.
        await Eventually.Holds(async () =>
            (
                await cache.ListingAsync("?nobody", "nobody", _ => Task.FromResult<byte[]>([0]), CancellationToken.None)
            ).ShouldBe([0])
        );
        var (search, reads, read) = ($"test {Guid.NewGuid()}", 0, new TaskCompletionSource<byte[]>());

        var asked = Enumerable.Range(0, 20).Select(_ => AskAsync()).ToList();
        await Eventually.True(() => Volatile.Read(ref reads) > 0);
        read.SetResult([1, 2, 3]);
        foreach (var page in await Task.WhenAll(asked))
            page.ShouldBe([1, 2, 3]);
        reads.ShouldBe(1);
        cache.ListingInMemory("?" + search).ShouldBe([1, 2, 3]);
        cache.ListingInMemory(search).ShouldBeNull();

        (search, read) = ($"test {Guid.NewGuid()}", new());
        read.SetException(new InvalidOperationException("away"));
        await Should.ThrowAsync<InvalidOperationException>(AskAsync());
        read = new();
        read.SetResult([4]);
        (await AskAsync()).ShouldBe([4]);

        Task<byte[]> AskAsync() =>
            cache.ListingAsync(
                "?" + search,
                search,
                _ =>
                {
                    Interlocked.Increment(ref reads);
                    return read.Task;
                },
                CancellationToken.None
            );
    }

    [Fact]
    public async Task Nobody_waits_while_an_old_page_is_read_again()
    {
        var cache = catalog.Service.Services.GetRequiredService<ListingCache>();
        var search = $"test {Guid.NewGuid()}";
        await Eventually.Holds(async () => (await AskAsync(Page(1))).ShouldBe([1]));
        await AgeAsync();

        // The copy in the process is younger for a moment.
        var renewed = new TaskCompletionSource<byte[]>();
        var renews = 0;
        await Eventually.True(async () =>
        {
            (
                await AskAsync(_ =>
                {
                    Interlocked.Increment(ref renews);
                    return renewed.Task;
                })
            ).ShouldBe([1]);
            return Volatile.Read(ref renews) > 0;
        });
        renewed.SetResult([2]);
        await Eventually.Holds(async () => (await AskAsync(Page(3))).ShouldBe([2]));
        renews.ShouldBe(1);

        Task<byte[]> AskAsync(Func<CancellationToken, Task<byte[]>> find) =>
            cache.ListingAsync("?" + search, search, find, CancellationToken.None);

        static Func<CancellationToken, Task<byte[]>> Page(byte content) => _ => Task.FromResult<byte[]>([content]);

        async Task AgeAsync()
        {
            var redis = catalog.Service.Services.GetRequiredService<RedisGate>();
            var version = await redis.AskAsync(database => database.StringGetAsync("catalog:listing:version"));
            var slot = $"catalog:listing:{version}:{search}";
            (await redis.AskAsync(database => database.KeyExpireAsync(slot, TimeSpan.FromSeconds(4.9)))).ShouldBeTrue();
        }
    }

    private Task<FruitPage> SearchAsync(string q, int page) =>
        catalog.SearchAsync($"q={Uri.EscapeDataString(q)}&page={page}&minPrice=1");

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, Guid like) =>
        connection.ExecuteAsync(sql, new { like });
}
