using System.Net;
using System.Net.Http.Json;
using Commerce.Catalog.Seed;
using Commerce.Contracts.Api;

namespace Commerce.Catalog.Tests.Fruits;

[Collection(CatalogCollection.Name)]
public sealed class LookUpFruitsTests(CatalogFixture catalog)
{
    [Fact]
    public async Task Fruits_are_looked_up_by_id_also_when_they_are_no_longer_for_sale()
    {
        var sold = await catalog.NewFruitAsync(boxes: 7);
        var gone = await catalog.NewFruitAsync();
        (
            await catalog.Farmer.PutAsJsonAsync($"/fruits/{gone}", CatalogFixture.Draft() with { ForSale = false })
        ).EnsureSuccessStatusCode();

        var found = await catalog.GetAsync<List<Fruit>>(
            $"/fruits/lookup?ids={sold},{gone},{Guid.CreateVersion7()},{sold}"
        );

        found.Select(fruit => fruit.Id).ShouldBe([sold, gone], ignoreOrder: true);
        found.Single(fruit => fruit.Id == sold).Available.ShouldBe(7);
        found.Single(fruit => fruit.Id == gone).ForSale.ShouldBeFalse();
    }

    [Fact]
    public async Task At_most_a_hundred_are_looked_up_at_once()
    {
        var ids = Enumerable.Range(0, 101).Select(_ => Guid.CreateVersion7()).ToList();

        await (await LookUpAsync(string.Join(',', ids))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "ids");
        await (await LookUpAsync(string.Join(',', ids.Skip(1)))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("nonsense")]
    [InlineData("01970000-0000-7000-8000-000000000001,x")]
    public async Task Anything_but_ids_is_refused(string ids) =>
        await (await LookUpAsync(ids)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "ids");

    [Fact]
    public async Task A_seeded_fruit_says_when_it_ships() =>
        (await catalog.GetAsync<List<Fruit>>($"/fruits/lookup?ids={MarketSeed.FruitId(1, 1)}"))
            .ShouldHaveSingleItem()
            .ShipsBy.ShouldBeGreaterThanOrEqualTo(DateOnly.FromDateTime(DateTime.UtcNow.AddHours(9)));

    private Task<HttpResponseMessage> LookUpAsync(string ids) =>
        catalog.Guest.GetAsync(new Uri($"/fruits/lookup?ids={ids}", UriKind.Relative));
}
