using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Catalog.Tests.Fruits;

/// <summary>What a farmer does beside listing: look things up, withdraw, tell of the farm. Only ever the own one.</summary>
[Collection(CatalogCollection.Name)]
public sealed class ListOwnFruitsTests(CatalogFixture catalog)
{
    [Fact]
    public async Task Own_fruits_are_found_by_words_and_state_and_come_by_pages()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        var low = await catalog.NewFruitAsync(boxes: 3, name: $"적은 사과 {mark}");
        var full = await catalog.NewFruitAsync(boxes: 30, name: $"많은 사과 {mark}");
        await ForSaleAsync(catalog.Farmer, full, forSale: false);

        (await IdsAsync($"q={mark}")).ShouldBe([full, low]);
        (await IdsAsync($"q=많은%20{mark}")).ShouldBe([full]);
        (await IdsAsync($"q={mark}&state=low")).ShouldBe([low]);
        (await IdsAsync($"q={mark}&state=withdrawn")).ShouldBe([full]);
        (await IdsAsync($"q={mark}&state=for-sale")).ShouldBe([low]);
        (await IdsAsync($"q={mark}&page=2&pageSize=1")).ShouldBe([low]);
        using var other = await catalog.OtherFarmer.GetAsync($"/farm/fruits?q={mark}");
        (await other.ReadAsync<Paged<Fruit>>()).Total.ShouldBe(0);
        using var refused = await catalog.Farmer.GetAsync("/farm/fruits?state=ripe&page=0");
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "state", "page");

        async Task<IEnumerable<Guid>> IdsAsync(string query)
        {
            using var answer = await catalog.Farmer.GetAsync($"/farm/fruits?{query}");
            return (await answer.ReadAsync<Paged<Fruit>>()).Items.Select(fruit => fruit.Id);
        }
    }

    [Fact]
    public async Task A_fruit_is_withdrawn_and_comes_back_as_it_was()
    {
        var id = await catalog.NewFruitAsync(boxes: 4);
        var before = await catalog.FruitAsync(id);
        await ForSaleAsync(catalog.Farmer, id, forSale: false);
        var withdrawn = await catalog.Events.WaitForAsync<FruitChanged>(id, changed => !changed.Fruit.ForSale);
        withdrawn.Fruit.Version.ShouldBe(2);

        using var stranger = await PutAsync(catalog.OtherFarmer, id, forSale: true);
        await stranger.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await catalog.FruitAsync(id)).ForSale.ShouldBeFalse();
        await ForSaleAsync(catalog.Farmer, id, forSale: true);
        (await catalog.FruitAsync(id)).ShouldBeEquivalentTo(before);
    }

    [Fact]
    public async Task A_draft_is_checked_without_being_stored()
    {
        var draft = CatalogFixture.Draft() with { Brix = 25, CountMin = 2, CountMax = 3 };
        using var answer = await catalog.Farmer.PostAsJsonAsync("/fruits/check", draft);
        var check = await answer.ReadAsync<FruitCheck>();

        check.Norm.ShouldNotBeNull().BrixMax.ShouldBe(18);
        check
            .Problems.Select(problem => (problem.Field, problem.Rule))
            .ShouldBe([("brix", FruitRules.Implausible), ("countMin", FruitRules.TooFewForWeight)]);
        using var refused = await catalog.Farmer.PostAsJsonAsync("/fruits", draft);
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "brix", "countMin");
        (await refused.Content.ReadAsStringAsync()).ShouldContain("\"problems\"");
    }

    [Fact]
    public async Task A_harvest_cannot_have_sugar_that_its_fruit_never_has()
    {
        var id = await catalog.NewFruitAsync();
        var lot = new NewLot(Catalog.Fruits.Calendar.Today(DateTimeOffset.UtcNow), 45, 10);
        using var answer = await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/lots", lot);

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "brix");
        (await catalog.FruitAsync(id)).Available.ShouldBe(0);
    }

    [Fact]
    public async Task The_history_comes_by_pages()
    {
        var id = await catalog.NewFruitAsync(boxes: 10);
        for (var i = 1; i <= 3; i++)
            (
                await catalog.Farmer.PostAsJsonAsync($"/fruits/{id}/stock", new StockChange(i, $"재고 조사 {i}"))
            ).EnsureSuccessStatusCode();

        using var answer = await catalog.Farmer.GetAsync($"/fruits/{id}/stock?page=2&pageSize=2");
        var page = await answer.ReadAsync<Paged<StockMovement>>();
        page.Total.ShouldBe(4);
        page.Items.Select(movement => (movement.Delta, movement.Reason)).ShouldBe([(1, "재고 조사 1"), (10, "lot")]);
    }

    [Fact]
    public async Task Reviews_of_own_fruits_come_newest_first()
    {
        using var answer = await catalog.Farmer.GetAsync("/farm/reviews?pageSize=3");
        var reviews = await answer.ReadAsync<Paged<FarmReview>>();

        reviews.Items.Count.ShouldBe(3);
        reviews.Total.ShouldBeGreaterThan(3);
        reviews.Items.Select(review => review.At).ShouldBeInOrder(SortDirection.Descending);
        foreach (var review in reviews.Items)
            (await catalog.FruitAsync(review.FruitId)).Farm.Id.ShouldBe(DemoAccounts.FarmerId);
    }

    [Fact]
    public async Task A_farm_tells_its_story_and_is_found_by_its_new_region()
    {
        var id = Guid.CreateVersion7();
        var approved = new FarmerApproved(id, "이사농원", "Moving Farm", "전남 나주");
        await catalog.Events.PublishAsync(Topics.Identity, id, approved);
        await Eventually.Holds(async () => (await catalog.GetAsync<Farm>($"/farms/{id}")).Id.ShouldBe(id));
        var farmer = catalog.Service.Client(catalog.Authority.FarmerToken(id));
        var name = $"이사 {Guid.NewGuid():N}";
        (await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft(name))).EnsureSuccessStatusCode();

        var profile = new FarmProfile(
            "경북 상주",
            "할아버지 때부터 짓는 과수원이에요.",
            null,
            "김농부",
            null,
            "054-123-4567"
        );
        using var changed = await farmer.PutAsJsonAsync("/farms/me", profile);
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var farm = await catalog.GetAsync<Farm>($"/farms/{id}");
        (farm.Region, farm.RegionEn, farm.Story, farm.StoryEn, farm.Phone, farm.Name).ShouldBe(
            ("경북 상주", "Sangju, Gyeongbuk", profile.Story, profile.Story, "054-123-4567", "이사농원")
        );
        (await catalog.SearchAsync($"q={Uri.EscapeDataString(name + " 상주")}")).Total.ShouldBe(1);
        (await catalog.SearchAsync($"q={Uri.EscapeDataString(name + " 나주")}")).Total.ShouldBe(0);
        using var refused = await farmer.PutAsJsonAsync("/farms/me", profile with { Region = " ", Phone = "전화" });
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "region", "phone");
        using var shopper = await catalog.Shopper(DemoAccounts.ShopperId).PutAsJsonAsync("/farms/me", profile);
        await shopper.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient farmer, Guid id, bool forSale) =>
        farmer.PutAsJsonAsync($"/fruits/{id}/for-sale", new SaleState(forSale));

    private static async Task ForSaleAsync(HttpClient farmer, Guid id, bool forSale)
    {
        using var answer = await PutAsync(farmer, id, forSale);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
