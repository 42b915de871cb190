using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Placing;
using Commerce.ServiceDefaults.Redis;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Order.Tests;

/// <summary>The Order service on real servers; the tests play Catalog, Payment, Delivery and the people.</summary>
public class OrderFixture : ServiceFixture<Program>
{
    public static readonly ShippingAddress Address = new(
        "김하나",
        "010-1234-5678",
        "03045",
        "서울 종로구 사직로 161",
        "3층"
    );

    protected override string DatabaseName => "orderdb";

    /// <summary>The service's own way to Redis, to look behind carts.</summary>
    public RedisGate Redis => Service.Services.GetRequiredService<RedisGate>();

    public HttpClient Shopper(Guid accountId) => Service.Client(Authority.ShopperToken(accountId));

    public HttpClient Farmer(Guid farmId) => Service.Client(Authority.FarmerToken(farmId));

    public HttpClient Admin() => Service.Client(Authority.AdminToken());

    public HttpClient Guest(string cartId)
    {
        var client = Service.Client();
        client.DefaultRequestHeaders.Add("X-Cart-Id", cartId);
        return client;
    }

    public static string Token() => "tok_" + Guid.NewGuid().ToString("N")[..24];

    public static FruitSnapshot Fruit(Guid? farmId = null, long priceKrw = 18_000, bool forSale = true) =>
        new(
            Guid.CreateVersion7(),
            farmId ?? Guid.CreateVersion7(),
            "청송 사과",
            "Cheongsong apple",
            "주왕산 농원",
            priceKrw,
            "/fruits/apple.svg",
            forSale,
            1
        );

    /// <summary>Plays Catalog: offers fruits, and waits until Order knows them.</summary>
    public async Task<FruitSnapshot> ListAsync(FruitSnapshot fruit)
    {
        await Events.PublishAsync(Topics.Catalog, fruit.FruitId, new FruitListed(fruit));
        await Eventually.True(async () => await VersionAsync(fruit.FruitId) == fruit.Version);
        return fruit;
    }

    public async Task<long?> VersionAsync(Guid fruitId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long?>(
            "select version from fruit_copies where fruit_id = @fruitId",
            new { fruitId }
        );
    }

    public static PlaceOrderRequest OrderOf(params (Guid FruitId, int Quantity)[] items) =>
        new([.. items.Select(item => new PlaceOrderItem(item.FruitId, item.Quantity))], Address, Token());

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, PlaceOrderRequest body, string? key = null) =>
        PostAsync(
            client,
            JsonSerializer.Serialize(body, ContractsJson.Default.PlaceOrderRequest),
            key ?? Guid.NewGuid().ToString()
        );

    public static async Task<HttpResponseMessage> PostAsync(HttpClient client, string json, params string[] keys)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders");
        request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        foreach (var key in keys)
        {
            request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        }

        return await client.SendAsync(request);
    }

    /// <summary>A placed order of <paramref name="quantity"/> boxes.</summary>
    public async Task<OrderAccepted> PlaceAsync(HttpClient shopper, FruitSnapshot? fruit = null, int quantity = 2)
    {
        fruit ??= await ListAsync(Fruit());
        using var response = await PostAsync(shopper, OrderOf((fruit.FruitId, quantity)));
        return await response.ReadAsync<OrderAccepted>();
    }

    public static async Task<OrderDetails> GetAsync(HttpClient client, Guid orderId)
    {
        using var response = await client.GetAsync(new Uri($"/orders/{orderId}", UriKind.Relative));
        return await response.ReadAsync<OrderDetails>();
    }

    public static async Task<T> GetAsync<T>(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await response.ReadAsync<T>();
    }

    public static Task<HttpResponseMessage> CancelAsync(HttpClient client, Guid orderId, string prefix = "") =>
        client.PostAsync(new Uri($"{prefix}/orders/{orderId}/cancel", UriKind.Relative), null);

    public static Task<HttpResponseMessage> PutCartAsync(HttpClient client, Guid fruitId, int quantity) =>
        client.PutAsJsonAsync(new Uri($"/cart/items/{fruitId}", UriKind.Relative), new CartQuantity(quantity));

    public static Task<OrderDetails> WaitForAsync(HttpClient client, Guid orderId, OrderStatus status) =>
        Eventually.Value(() => GetAsync(client, orderId), order => order.Status == status);

    public Task ReserveAsync(Guid orderId) =>
        Events.PublishAsync(Topics.Catalog, orderId, new StockReserved(orderId, DateTimeOffset.UtcNow));

    public Task CaptureAsync(Guid orderId, long amountKrw = 36_000) =>
        Events.PublishAsync(
            Topics.Payment,
            orderId,
            new PaymentCaptured(orderId, Guid.CreateVersion7(), "key", amountKrw, DateTimeOffset.UtcNow)
        );

    public Task ScheduleAsync(Guid orderId) =>
        Events.PublishAsync(
            Topics.Delivery,
            orderId,
            new DeliveryScheduled(orderId, Guid.CreateVersion7(), "FM-0001", DateTimeOffset.UtcNow)
        );

    public Task ShipAsync(Guid orderId) =>
        Events.PublishAsync(
            Topics.Delivery,
            orderId,
            new DeliveryOnRoute(orderId, Guid.CreateVersion7(), DateTimeOffset.UtcNow)
        );

    public Task ArriveAsync(Guid orderId) =>
        Events.PublishAsync(
            Topics.Delivery,
            orderId,
            new DeliveryDelivered(orderId, Guid.CreateVersion7(), DateTimeOffset.UtcNow)
        );

    /// <summary>Everything that a request about this account may have left in the database.</summary>
    public async Task<long> RowsOfAsync(Guid accountId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            """
            select (select count(*) from orders where account_id = @accountId)
                + (select count(*) from idempotency_keys where account_id = @accountId)
                + (select count(*) from outbox where payload like '%' || @accountId::text || '%')
            """,
            new { accountId }
        );
    }

    /// <summary>Moves the order's deadline: tests that need it open do not race with the clock.</summary>
    public Task ExpireInAsync(Guid orderId, TimeSpan wait) =>
        ExecuteAsync(
            "update orders set expires_at = now() + @wait, next_check_at = least(next_check_at, now() + @wait) where id = @orderId",
            new { orderId, wait }
        );

    public async Task<int> ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }
}

/// <summary>Short deadlines, for what happens when nobody answers.</summary>
public sealed class HastyOrderFixture : OrderFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Orders:Expiry"] = "00:00:03",
            ["Orders:ReservationRetryDelay"] = "00:00:00.300",
            ["Orders:ConfirmationRetryDelay"] = "00:00:00.300",
            ["Orders:SweepInterval"] = "00:00:00.100",
        };
}

[CollectionDefinition(Name)]
public sealed class OrderCollection : ICollectionFixture<OrderFixture>
{
    public const string Name = "order";
}
