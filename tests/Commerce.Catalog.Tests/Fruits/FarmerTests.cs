using System.Net;
using System.Net.Http.Json;
using Commerce.Catalog.Seed;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Catalog.Tests.Fruits;

[Collection(CatalogCollection.Name)]
public sealed class FarmerTests(CatalogFixture catalog)
{
    [Fact]
    public async Task A_new_fruit_is_listed_found_and_announced()
    {
        var name = $"새로운 {Guid.NewGuid():N}";
        (await catalog.SearchAsync($"q={Uri.EscapeDataString(name)}")).Total.ShouldBe(0);
        var id = await catalog.NewFruitAsync(name: name);

        // At once: the answer from before was cached, and listing a fruit made it stale.
        (await catalog.SearchAsync($"q={Uri.EscapeDataString(name)}"))
            .Items.Single()
            .Id.ShouldBe(id);
        var own = await (await catalog.Farmer.GetAsync("/farm/fruits")).ReadAsync<Paged<Fruit>>();
        own.Items.Select(fruit => fruit.Id).ShouldContain(id);
        var listed = await catalog.Events.WaitForAsync<FruitListed>(id);
        listed.Fruit.ShouldBe(
            new FruitSnapshot(
                id,
                DemoAccounts.FarmerId,
                name,
                "Test apples",
                "주왕산농원",
                30_000,
                "/images/fruits/apple-fuji.svg",
                ForSale: true,
                Version: 1
            )
        );
    }

    [Fact]
    public async Task A_change_carries_the_next_version()
    {
        var id = await catalog.NewFruitAsync();
        var changed = CatalogFixture.Draft(price: 33_000) with { ForSale = false };
        await (await catalog.Farmer.PutAsJsonAsync($"/fruits/{id}", changed)).ShouldBeAsync(HttpStatusCode.NoContent);

        var announced = await catalog.Events.WaitForAsync<FruitChanged>(id);
        announced.Fruit.Version.ShouldBe(2);
        announced.Fruit.PriceKrw.ShouldBe(33_000);
        announced.Fruit.ForSale.ShouldBeFalse();
        (await catalog.FruitAsync(id)).ForSale.ShouldBeFalse();
        var shown = await catalog.SearchAsync($"farm={DemoAccounts.FarmerId}&pageSize=60");
        shown.Items.Select(fruit => fruit.Id).ShouldNotContain(id);
    }

    [Fact]
    public async Task Another_farmers_fruit_is_not_there_to_write()
    {
        var id = MarketSeed.FruitId(1, 3);
        var before = await catalog.FruitAsync(id);
        var farmer = catalog.OtherFarmer;
        HttpResponseMessage[] answers =
        [
            await farmer.PutAsJsonAsync($"/fruits/{id}", CatalogFixture.Draft()),
            await farmer.PostAsJsonAsync($"/fruits/{id}/lots", new NewLot(Today, 15, 10)),
            await farmer.PostAsJsonAsync($"/fruits/{id}/stock", new StockChange(5, "내 것처럼")),
            await farmer.GetAsync($"/fruits/{id}/lots"),
            await farmer.GetAsync($"/fruits/{id}/stock"),
        ];

        foreach (var answer in answers)
            await answer.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await catalog.FruitAsync(id)).Available.ShouldBe(before.Available);
        var own = await (await farmer.GetAsync("/farm/fruits")).ReadAsync<Paged<Fruit>>();
        own.Items.ShouldAllBe(fruit => fruit.Farm.Id == DemoAccounts.FarmerNumber(2));
    }

    [Fact]
    public async Task Only_farmers_may_list()
    {
        var shopper = catalog.Shopper(DemoAccounts.ShopperId);
        var draft = CatalogFixture.Draft();
        await (await shopper.PostAsJsonAsync("/fruits", draft)).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await catalog.Guest.PostAsJsonAsync("/fruits", draft)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        await (await shopper.GetAsync("/farm/fruits")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_farm_opens_with_its_farmers_approval()
    {
        var id = Guid.CreateVersion7();
        var farmer = catalog.Service.Client(catalog.Authority.FarmerToken(id));
        var refused = await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft());
        await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden);

        await catalog.Events.PublishAsync(
            Topics.Identity,
            id,
            new FarmerApproved(id, "새별농원", "Saebyeol Farm", "전남 나주")
        );
        await Eventually.Holds(async () =>
        {
            var farm = await catalog.GetAsync<Farm>($"/farms/{id}");
            farm.Name.ShouldBe("새별농원");
            farm.RegionEn.ShouldBe("Naju, Jeonnam");
        });
        var accepted = await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft());
        await accepted.ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_bad_draft_names_its_fields_and_stores_nothing()
    {
        var before = await CountAsync();
        var draft = CatalogFixture.Draft(name: " ") with
        {
            Category = "vegetable",
            Grade = "최고",
            Brix = 0,
            WeightKg = -1,
            CountMin = 9,
            CountMax = 3,
            PriceKrw = -5,
            SeasonTo = 13,
            Certifications = ["GAP", ""],
            BrixMethod = "tongue",
        };
        var answer = await catalog.Farmer.PostAsJsonAsync("/fruits", draft);

        await answer.ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "name",
            "category",
            "grade",
            "brix",
            "weightKg",
            "countMax",
            "priceKrw",
            "seasonTo",
            "certifications[1]",
            "brixMethod"
        );
        (await CountAsync()).ShouldBe(before);

        async Task<long> CountAsync()
        {
            await using var connection = await catalog.Database.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<long>(
                "select count(*) from fruits where category = 'vegetable'"
            );
        }
    }

    [Fact]
    public async Task A_lot_adds_its_boxes_and_the_newest_harvest_shows()
    {
        var id = await catalog.NewFruitAsync();
        await AddAsync(new NewLot(Today.AddDays(-2), 15.5m, 30), expected: 30);
        await AddAsync(new NewLot(Today.AddDays(-9), 12.5m, 12), expected: 42);

        var fruit = await catalog.FruitAsync(id);
        fruit.Available.ShouldBe(42);
        fruit.Brix.ShouldBe(15.5m);
        fruit.HarvestedOn.ShouldBe(Today.AddDays(-2));
        var lots = await (await catalog.Farmer.GetAsync($"/fruits/{id}/lots")).ReadAsync<IReadOnlyList<Lot>>();
        lots.Select(lot => lot.Quantity).ShouldBe([30, 12]);
        var second = await catalog.Events.WaitForAsync<StockAdjusted>(id, adjusted => adjusted.Available == 42);
        second.ShouldBe(new StockAdjusted(id, 12, 42, "lot"));

        async Task AddAsync(NewLot lot, int expected)
        {
            var answer = await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/lots", lot);
            (await answer.ReadAsync<StockLevel>()).ShouldBe(new StockLevel(id, expected));
        }
    }

    [Fact]
    public async Task Only_what_a_fruit_cannot_do_without_has_to_be_sent()
    {
        var created = await catalog.Farmer.PostAsJsonAsync(
            "/fruits",
            new
            {
                name = "홍로 한 상자",
                variety = "홍로",
                category = "apple",
                grade = "상",
                brix = 13.2,
                weightKg = 3,
                countMin = 9,
                countMax = 11,
                priceKrw = 21_000,
                seasonFrom = 9,
                seasonTo = 10,
            }
        );
        await created.ShouldBeAsync(HttpStatusCode.Created);
        var fruit = await catalog.FruitAsync((await created.ReadAsync<FruitCreated>()).Id);
        fruit.NameEn.ShouldBe("홍로 한 상자");
        fruit.Certifications.ShouldBeEmpty();
        fruit.ForSale.ShouldBeTrue();
        (fruit.BrixMethod, fruit.BrixMeasuredOn).ShouldBe((BrixMethods.Refractometer, Today));
    }

    [Fact]
    public async Task A_lot_tells_how_and_when_its_sugar_was_measured()
    {
        var id = await catalog.NewFruitAsync();
        await AddAsync(new NewLot(Today.AddDays(-9), 14, 5));
        await ShowsAsync(BrixMethods.Refractometer, Today.AddDays(-9));
        await AddAsync(new NewLot(Today.AddDays(-3), 14, 5, BrixMethods.Nondestructive, Today.AddDays(-2)));
        await ShowsAsync(BrixMethods.Nondestructive, Today.AddDays(-2));
        // Yet to be picked: it can only have been measured by today. The method stays when nothing is said.
        await AddAsync(new NewLot(Today.AddDays(7), 14, 5));
        await ShowsAsync(BrixMethods.Nondestructive, Today);

        // A change of anything else leaves the measurement alone; another figure is a new one.
        await AddAsync(new NewLot(Today.AddDays(8), 14, 5, MeasuredOn: Today.AddDays(-1)));
        var draft = CatalogFixture.Draft() with { Brix = 14 };
        await ChangeAsync(draft with { PriceKrw = 20_000 });
        await ShowsAsync(BrixMethods.Nondestructive, Today.AddDays(-1));
        await ChangeAsync(draft with { Brix = 15 });
        await ShowsAsync(BrixMethods.Nondestructive, Today);

        var lots = await (await catalog.Farmer.GetAsync($"/fruits/{id}/lots")).ReadAsync<IReadOnlyList<Lot>>();
        lots.Select(lot => lot.BrixMethod)
            .ShouldBe(["nondestructive", "nondestructive", "nondestructive", "refractometer"]);
        lots[^1].MeasuredOn.ShouldBe(Today.AddDays(-9));

        async Task AddAsync(NewLot lot) =>
            (await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/lots", lot)).EnsureSuccessStatusCode();

        async Task ChangeAsync(FruitDraft draft) =>
            (await catalog.Farmer.PutAsJsonAsync($"/fruits/{id}", draft)).EnsureSuccessStatusCode();

        async Task ShowsAsync(string method, DateOnly measuredOn)
        {
            var fruit = await catalog.FruitAsync(id);
            (fruit.BrixMethod, fruit.BrixMeasuredOn).ShouldBe((method, measuredOn));
        }
    }

    [Fact]
    public async Task A_fruit_without_lots_has_an_empty_list_of_them()
    {
        var id = await catalog.NewFruitAsync();
        var lots = await (await catalog.Farmer.GetAsync($"/fruits/{id}/lots")).ReadAsync<IReadOnlyList<Lot>>();
        lots.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_stock_changes_by_hand_but_never_below_zero()
    {
        var id = await catalog.NewFruitAsync(boxes: 10);
        var broken = await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/stock", new StockChange(-4, "파손"));
        (await broken.ReadAsync<StockLevel>()).Available.ShouldBe(6);

        var tooMany = await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/stock", new StockChange(-7, "파손"));
        var problem = await tooMany.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        problem.GetProperty("available").GetInt32().ShouldBe(6);

        var history = await (await catalog.Farmer.GetAsync($"/fruits/{id}/stock")).ReadAsync<Paged<StockMovement>>();
        history.Items.Select(m => (m.Delta, m.Reason)).ShouldBe([(-4, "파손"), (10, "lot")]);
        await catalog.Events.WaitForAsync<StockAdjusted>(id, a => a is { Delta: -4, Available: 6, Reason: "파손" });
        catalog.Events.Of<StockAdjusted>(id).ShouldNotContain(a => a.Delta == -7);
    }

    [Theory]
    [InlineData(0, "이유", "delta")]
    [InlineData(1_000_000_000, "이유", "delta")]
    [InlineData(5, " ", "reason")]
    public async Task A_bad_stock_change_names_its_field(int delta, string reason, string field)
    {
        var answer = await catalog.Farmer.PostAsJsonAsync(
            $"/fruits/{MarketSeed.FruitId(1, 1)}/stock",
            new StockChange(delta, reason)
        );
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_bad_lot_names_its_fields()
    {
        var answer = await catalog.Farmer.PostAsJsonAsync(
            $"/fruits/{MarketSeed.FruitId(1, 1)}/lots",
            new NewLot(Today.AddYears(3), 0, -1, "tongue", Today.AddDays(1))
        );
        await answer.ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "harvestedOn",
            "brix",
            "quantity",
            "brixMethod",
            "measuredOn"
        );
    }

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31")]
    public async Task A_harvest_at_the_end_of_the_calendar_is_refused_like_any_other(string day)
    {
        var harvested = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        var answer = await catalog.Farmer.PostAsJsonAsync(
            $"/fruits/{MarketSeed.FruitId(1, 1)}/lots",
            new NewLot(harvested, 14, 1, null, Today)
        );
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "harvestedOn");
    }

    [Fact]
    public async Task Concurrent_changes_by_hand_lose_none()
    {
        var id = await catalog.NewFruitAsync(boxes: 20);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(_ => catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/stock", new StockChange(-1, "파손")))
        );

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(20);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(10);
        (await catalog.FruitAsync(id)).Available.ShouldBe(0);
        await catalog.HistoryShouldSumUpAsync();
    }

    private static DateOnly Today => Catalog.Fruits.Calendar.Today(DateTimeOffset.UtcNow);
}
