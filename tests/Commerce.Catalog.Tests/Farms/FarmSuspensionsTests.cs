using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Catalog.Tests.Farms;

/// <summary>A farm that may not sell for a while.</summary>
[Collection(CatalogCollection.Name)]
public sealed class FarmSuspensionsTests(CatalogFixture catalog)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task A_suspended_farms_fruits_leave_the_shop_and_come_back_when_it_is_reinstated()
    {
        var (farm, farmer) = await OpenAsync();
        var offered = await NewFruitAsync(farmer);
        var kept = await NewFruitAsync(farmer, forSale: false);

        await SuspendAsync(farm, Now);
        await Eventually.Value(() => catalog.FruitAsync(offered), fruit => !fruit.ForSale);

        (await catalog.SearchAsync($"farm={farm}")).Total.ShouldBe(0);
        (await catalog.GetAsync<List<Farm>>("/farms")).ShouldNotContain(f => f.Id == farm);
        (await catalog.GetAsync<Farm>($"/farms/{farm}")).FruitCount.ShouldBe(0);
        var announced = await catalog.Events.WaitForAsync<FruitChanged>(offered);
        (announced.Fruit.ForSale, announced.Fruit.Version).ShouldBe((false, 2));
        var order = Guid.CreateVersion7();
        await catalog.PlaceAsync(order, CatalogFixture.Line(offered, 1));
        (await catalog.Events.WaitForAsync<StockRejected>(order)).Reason.ShouldBe(OrderReasons.NotForSale);

        await ReinstateAsync(farm, Now.AddMinutes(1));
        await Eventually.Value(() => catalog.FruitAsync(offered), fruit => fruit.ForSale);

        (await catalog.SearchAsync($"farm={farm}")).Items.ShouldHaveSingleItem().Id.ShouldBe(offered);
        (await catalog.FruitAsync(kept)).ForSale.ShouldBeFalse("the farmer had taken it off");
        (await catalog.Events.WaitForAsync<FruitChanged>(offered, e => e.Fruit.ForSale)).Fruit.Version.ShouldBe(3);
    }

    [Fact]
    public async Task An_order_that_holds_boxes_goes_on()
    {
        var (farm, farmer) = await OpenAsync();
        var fruit = await NewFruitAsync(farmer, boxes: 3);
        var order = Guid.CreateVersion7();
        await catalog.PlaceAsync(order, CatalogFixture.Line(fruit, 1));
        await catalog.StatusBecomesAsync(order, "held");

        await SuspendAsync(farm, Now);
        await Eventually.Value(() => catalog.FruitAsync(fruit), f => !f.ForSale);
        await catalog.ConfirmAsync(order, CatalogFixture.Line(fruit, 1));

        await catalog.StatusBecomesAsync(order, "confirmed");
    }

    [Fact]
    public async Task A_suspended_farmer_reads_but_writes_nothing()
    {
        var (farm, farmer) = await OpenAsync();
        var fruit = await NewFruitAsync(farmer, boxes: 5);
        await SuspendAsync(farm, Now);
        await Eventually.Value(() => catalog.FruitAsync(fruit), f => !f.ForSale);

        HttpResponseMessage[] refused =
        [
            await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft()),
            await farmer.PutAsJsonAsync($"/fruits/{fruit}", CatalogFixture.Draft()),
            await farmer.PostAsJsonAsync($"/fruits/{fruit}/stock", new StockChange(5, "찾음")),
            await farmer.PostAsJsonAsync(
                $"/fruits/{fruit}/lots",
                new NewLot(DateOnly.FromDateTime(DateTime.UtcNow), 15, 10)
            ),
            await farmer.PostAsJsonAsync($"/farm/imports/{Guid.CreateVersion7()}/run", new RunImport()),
        ];

        foreach (var answer in refused)
        {
            var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
            problem.GetProperty("detail").GetString().ShouldBe("당도 표시가 달랐어요");
        }

        (await catalog.FruitAsync(fruit)).Available.ShouldBe(5);
        (await farmer.GetAsync("/farm/fruits")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ReinstateAsync(farm, Now.AddMinutes(1));
        await Eventually.Value(() => catalog.FruitAsync(fruit), f => f.ForSale);
        var again = await farmer.PostAsJsonAsync($"/fruits/{fruit}/stock", new StockChange(5, "찾음"));
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_latest_word_holds_in_whatever_order_it_comes_even_before_the_farm()
    {
        var farm = Guid.CreateVersion7();
        await ReinstateAsync(farm, Now.AddMinutes(2));
        await SuspendAsync(farm, Now);
        await ApproveAsync(farm);
        using var farmer = catalog.Service.Client(catalog.Authority.FarmerToken(farm));

        await Eventually.Holds(async () =>
            (await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft())).StatusCode.ShouldBe(
                HttpStatusCode.Created
            )
        );
        await SuspendAsync(farm, Now.AddMinutes(3));
        await Eventually.Holds(async () =>
            (await farmer.PostAsJsonAsync("/fruits", CatalogFixture.Draft())).StatusCode.ShouldBe(
                HttpStatusCode.Forbidden
            )
        );
    }

    private Task<Guid> SuspendAsync(Guid farm, DateTimeOffset at) =>
        catalog.Events.PublishAsync(Topics.Identity, farm, new FarmerSuspended(farm, "당도 표시가 달랐어요", at));

    private Task<Guid> ReinstateAsync(Guid farm, DateTimeOffset at) =>
        catalog.Events.PublishAsync(Topics.Identity, farm, new FarmerReinstated(farm, at));

    private Task<Guid> ApproveAsync(Guid farm) =>
        catalog.Events.PublishAsync(
            Topics.Identity,
            farm,
            new FarmerApproved(farm, "새별농원", "Saebyeol Farm", "전남 나주")
        );

    private async Task<(Guid Farm, HttpClient Farmer)> OpenAsync()
    {
        var farm = Guid.CreateVersion7();
        await ApproveAsync(farm);
        await Eventually.Holds(async () =>
            (await catalog.Guest.GetAsync($"/farms/{farm}")).StatusCode.ShouldBe(HttpStatusCode.OK)
        );
        return (farm, catalog.Service.Client(catalog.Authority.FarmerToken(farm)));
    }

    private static async Task<Guid> NewFruitAsync(HttpClient farmer, bool forSale = true, int boxes = 0)
    {
        var draft = CatalogFixture.Draft() with { ForSale = forSale };
        var created = await farmer.PostAsJsonAsync("/fruits", draft);
        var id = (await created.ReadAsync<FruitCreated>()).Id;
        if (boxes > 0)
        {
            var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow), 15, boxes);
            (await farmer.PostAsJsonAsync($"/fruits/{id}/lots", lot)).EnsureSuccessStatusCode();
        }

        return id;
    }
}
