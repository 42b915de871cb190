using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Commerce.Catalog.Seed;
using Commerce.Contracts.Api;
using StackExchange.Redis;

namespace Commerce.Catalog.Tests.RestockSubscriptions;

[Collection(CatalogCollection.Name)]
public sealed class RestockSubscriptionTests(CatalogFixture catalog)
{
    private readonly Guid _account = Guid.CreateVersion7();

    private HttpClient Shopper => field ??= catalog.Shopper(_account);

    [Fact]
    public async Task A_wish_comes_true_when_boxes_come_back_and_its_shopper_is_told()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 1);
        var order = Guid.CreateVersion7();
        await catalog.PlaceAsync(order, CatalogFixture.Line(fruit, 1));
        await catalog.StatusBecomesAsync(order, "held");
        var told = new ConcurrentQueue<string>();
        using var redis = await ConnectionMultiplexer.ConnectAsync(catalog.Infrastructure.Redis.ConnectionString);
        await redis
            .GetSubscriber()
            .SubscribeAsync(RedisChannel.Literal("wishes"), (_, message) => told.Enqueue(message!));

        await WishAsync(fruit);
        await WishAsync(fruit); // twice is once
        var wish = (await WishesAsync()).ShouldHaveSingleItem();
        (wish.FruitId, wish.Available).ShouldBe((fruit, 0));
        await Eventually.True(() => told.Count(account => account == _account.ToString()) == 2);

        // A cancelled order gives the box back.
        await catalog.CancelAsync(order);
        await Eventually.True(() => told.Count(account => account == _account.ToString()) == 3);
        (await WishesAsync()).Single().Available.ShouldBe(1);

        // More of what is there already is no news; sold out and back by a new lot is.
        await StockAsync(fruit, 2);
        await StockAsync(fruit, -3);
        (await WishesAsync()).Single().Available.ShouldBe(0);
        await StockAsync(fruit, 5);
        await Eventually.True(() => told.Count(account => account == _account.ToString()) == 4);

        await (await Shopper.DeleteAsync($"/fruits/{fruit}/wish")).ShouldBeAsync(HttpStatusCode.NoContent);
        (await WishesAsync()).ShouldBeEmpty();
        await (await Shopper.DeleteAsync($"/fruits/{fruit}/wish")).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Wishes_are_the_accounts_own()
    {
        await WishAsync(MarketSeed.FruitId(1, 1));
        var other = catalog.Shopper(Guid.CreateVersion7());
        (await (await other.GetAsync("/wishes")).ReadAsync<IReadOnlyList<Wish>>()).ShouldBeEmpty();
        await (await other.DeleteAsync($"/fruits/{MarketSeed.FruitId(1, 1)}/wish")).ShouldBeAsync(
            HttpStatusCode.NoContent
        );
        (await WishesAsync()).Count.ShouldBe(1);

        var guest = await catalog.Guest.PutAsync($"/fruits/{MarketSeed.FruitId(1, 1)}/wish", null);
        await guest.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        await (await catalog.Guest.GetAsync("/wishes")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_fruit_that_is_not_there_or_not_for_sale_cannot_come_true()
    {
        var unknown = await Shopper.PutAsync($"/fruits/{Guid.CreateVersion7()}/wish", null);
        await unknown.ShouldBeProblemAsync(HttpStatusCode.NotFound);

        var withdrawn = await catalog.NewFruitAsync(boxes: 3);
        (
            await catalog.Farmer.PutAsJsonAsync($"/fruits/{withdrawn}", CatalogFixture.Draft() with { ForSale = false })
        ).EnsureSuccessStatusCode();
        await WishAsync(withdrawn);
        (await WishesAsync()).Single().Available.ShouldBe(0);
    }

    [Fact]
    public async Task An_account_keeps_a_bounded_number_of_wishes()
    {
        await using (
            var fill = catalog.Database.CreateCommand(
                "insert into wishes (account_id, fruit_id) select $1, id from fruits order by id limit 1"
            )
        )
        {
            fill.Parameters.Add(new() { Value = _account });
            await fill.ExecuteNonQueryAsync();
        }
        // There are fewer fruits than an account may wish for: the rest are copies of one that only this test sees.
        await using (
            var fill = catalog.Database.CreateCommand(
                """
                with copies as (
                  insert into fruits (id, farm_id, name, name_en, variety, variety_en, category, grade, brix, weight_kg, count_min,
                    count_max, price_krw, season_from, season_to, harvested_on, certifications, description, description_en, storage,
                    storage_en, image_url, for_sale, brix_measured_on, search_text)
                  select gen_random_uuid(), farm_id, name, name_en, variety, variety_en, category, grade, brix, weight_kg, count_min,
                    count_max, price_krw, season_from, season_to, harvested_on, certifications, description, description_en, storage,
                    storage_en, image_url, false, brix_measured_on, ''
                  from fruits, generate_series(1, 199) where id = $2 returning id
                ), stocked as (
                  insert into stock select id, 0 from copies
                )
                insert into wishes (account_id, fruit_id) select $1, id from copies
                """
            )
        )
        {
            fill.Parameters.Add(new() { Value = _account });
            fill.Parameters.Add(new() { Value = MarketSeed.FruitId(1, 2) });
            await fill.ExecuteNonQueryAsync();
        }
        var full = await Shopper.PutAsync($"/fruits/{MarketSeed.FruitId(21, 7)}/wish", null);
        await full.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await WishAsync((await WishesAsync())[0].FruitId); // one of the 200 again
    }

    private async Task WishAsync(Guid fruit) =>
        await (await Shopper.PutAsync($"/fruits/{fruit}/wish", null)).ShouldBeAsync(HttpStatusCode.NoContent);

    private async Task<IReadOnlyList<Wish>> WishesAsync() =>
        await (await Shopper.GetAsync("/wishes")).ReadAsync<IReadOnlyList<Wish>>();

    private async Task StockAsync(Guid fruit, int delta) =>
        (
            await catalog.Farmer.PostAsJsonAsync($"/fruits/{fruit}/stock", new StockChange(delta, "시험"))
        ).EnsureSuccessStatusCode();
}
