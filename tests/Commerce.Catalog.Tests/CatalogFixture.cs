using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Catalog.Tests;

[CollectionDefinition(Name)]
public sealed class CatalogCollection : ICollectionFixture<CatalogFixture>
{
    public const string Name = "catalog";
}

/// <summary>Catalog with the seeded market, and what tests do again and again.</summary>
public class CatalogFixture : ServiceFixture<Program>
{
    protected override string DatabaseName => "catalogdb";

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["Seed:Enabled"] = "true" };

    public HttpClient Guest => field ??= Service.Client();

    public HttpClient Farmer => field ??= Service.Client(Authority.FarmerToken(DemoAccounts.FarmerId));

    public HttpClient OtherFarmer => field ??= Service.Client(Authority.FarmerToken(DemoAccounts.FarmerNumber(2)));

    public HttpClient Shopper(Guid accountId) => Service.Client(Authority.ShopperToken(accountId));

    public Task<FruitPage> SearchAsync(string query) => GetAsync<FruitPage>($"/fruits?{query}");

    public async Task<T> GetAsync<T>(string path) => await (await Guest.GetAsync(path)).ReadAsync<T>();

    public Task<Fruit> FruitAsync(Guid id) => GetAsync<Fruit>($"/fruits/{id}");

    public static FruitDraft Draft(string name = "시험 사과", long price = 30_000) =>
        new(
            name,
            "부사",
            "apple",
            "특",
            14.5m,
            5,
            13,
            16,
            price,
            10,
            3,
            "Test apples",
            "Fuji",
            ["GAP"],
            "설명",
            "Text",
            "냉장",
            "Cold"
        );

    /// <summary>A new fruit of the demo farmer with so many boxes.</summary>
    public async Task<Guid> NewFruitAsync(int boxes = 0, long price = 30_000, string name = "시험 사과")
    {
        var created = await Farmer.PostAsJsonAsync("/fruits", Draft(name, price));
        await created.ShouldBeAsync(HttpStatusCode.Created);
        var id = (await created.ReadAsync<FruitCreated>()).Id;
        if (boxes > 0)
        {
            var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow), 15, boxes);
            (await Farmer.PostAsJsonAsync($"/fruits/{id}/lots", lot)).EnsureSuccessStatusCode();
        }
        return id;
    }

    public static OrderLine Line(Guid fruit, int quantity, long price = 30_000) =>
        new(fruit, DemoAccounts.FarmerId, quantity, price);

    public Task PlaceAsync(Guid order, params OrderLine[] lines) =>
        Events.PublishAsync(
            Topics.Order,
            order,
            new OrderPlaced(
                order,
                DemoAccounts.ShopperId,
                lines,
                lines.Sum(line => line.Quantity * line.UnitPriceKrw),
                "tok_000000000000000000000000",
                DateTimeOffset.UtcNow,
                DateTimeOffset.UtcNow.AddMinutes(15)
            )
        );

    public Task ConfirmAsync(Guid order, params OrderLine[] lines) =>
        Events.PublishAsync(Topics.Order, order, new OrderConfirmed(order, DemoAccounts.ShopperId, lines, 0));

    public Task CancelAsync(Guid order) =>
        Events.PublishAsync(
            Topics.Order,
            order,
            new OrderCancelled(order, DemoAccounts.ShopperId, OrderReasons.CancelledByShopper)
        );

    /// <summary>Everything handled up to here: an order of its own key cannot overtake in its partition, but others can.</summary>
    public async Task<string?> StatusAsync(Guid order)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>(
            "select status from reservations where order_id = @order",
            new { order }
        );
    }

    public Task StatusBecomesAsync(Guid order, string status) =>
        Eventually.Value(() => StatusAsync(order), seen => seen == status);

    /// <summary>The invariant of the history: per fruit it sums up to the stock.</summary>
    public async Task HistoryShouldSumUpAsync()
    {
        await using var connection = await Database.OpenConnectionAsync();
        var wrong = await connection.QueryAsync<Guid>(
            """
            select s.fruit_id from stock s left join stock_movements m using (fruit_id)
            group by s.fruit_id, s.available having s.available <> coalesce(sum(m.delta), 0)
            """
        );
        wrong.ShouldBeEmpty();
    }
}
