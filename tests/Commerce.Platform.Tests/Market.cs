using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests;

/// <summary>The platform over HTTP, as the storefront and scripts use it.</summary>
public sealed class Market(IReadOnlyDictionary<string, string> urls) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    public static ShippingAddress Address { get; } =
        new("김하늘", "010-2345-6789", "37409", "경북 청송군 주왕산면 공원길 1", null);

    /// <summary>A token that the mock provider answers by its beginning; 24 base62 characters in all.</summary>
    public static string PaymentToken(string scenario = "") =>
        "tok_" + (scenario + Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"))[..24];

    public async Task<Person> SignInAsync(string email)
    {
        var tokens = await SendAsync<Tokens>(
            null,
            HttpMethod.Post,
            "identity",
            "tokens",
            new SignInRequest(email, DemoAccounts.Password)
        );
        return new Person(tokens.AccessToken, email);
    }

    public Task<Person> RegisterShopperAsync() => RegisterShopperAsync($"shopper-{Guid.NewGuid():N}@example.com");

    /// <summary>Under an address with which a browser can sign in too.</summary>
    public async Task<Person> RegisterShopperAsync(string email)
    {
        await SendAsync<AccountCreated>(
            null,
            HttpMethod.Post,
            "identity",
            "accounts",
            new RegisterAccount(email, DemoAccounts.Password, "박초롱", "shopper")
        );
        return await SignInAsync(email);
    }

    /// <summary>A new fruit of the demo farmer with one lot of <paramref name="boxes"/> boxes, known to Order.</summary>
    public async Task<Fruit> ListFruitAsync(Person farmer, int boxes, long priceKrw = 30_000)
    {
        var draft = new FruitDraft(
            $"시험 사과 {Guid.NewGuid().ToString("N")[..8]}",
            "부사",
            "apple",
            "특",
            14.5m,
            5m,
            14,
            16,
            priceKrw,
            1,
            12,
            "Test apple",
            "Fuji",
            ["GAP"]
        );
        var created = await SendAsync<FruitCreated>(farmer, HttpMethod.Post, "catalog", "fruits", draft);
        var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-1)), 14.5m, boxes);
        await SendAsync<StockLevel>(farmer, HttpMethod.Post, "catalog", $"fruits/{created.Id}/lots", lot);

        var shopper = await SignInAsync(DemoAccounts.ShopperEmail);
        await Eventually.UntilAsync(
            async () =>
            {
                // Order knows the fruit as soon as it can be put into a cart.
                using var response = await SendAsync(
                    shopper,
                    HttpMethod.Put,
                    "order",
                    $"cart/items/{created.Id}",
                    new CartQuantity(1)
                );
                return response.IsSuccessStatusCode;
            },
            "Order has its copy of the new fruit"
        );
        (await SendAsync(shopper, HttpMethod.Delete, "order", $"cart/items/{created.Id}")).Dispose();
        return await FruitAsync(created.Id);
    }

    public Task<Fruit> FruitAsync(Guid id) => SendAsync<Fruit>(null, HttpMethod.Get, "catalog", $"fruits/{id}");

    public async Task<OrderAccepted> PlaceAsync(
        Person shopper,
        Guid fruitId,
        int quantity = 1,
        string scenario = "",
        string? key = null
    )
    {
        using var response = await TryPlaceAsync(
            shopper,
            new PlaceOrderRequest([new(fruitId, quantity)], Address, PaymentToken(scenario)),
            key
        );
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, body);
        return (await response.Content.ReadFromJsonAsync<OrderAccepted>())!;
    }

    public Task<HttpResponseMessage> TryPlaceAsync(Person? shopper, object body, string? key = null) =>
        SendAsync(shopper, HttpMethod.Post, "order", "orders", body, key ?? Guid.NewGuid().ToString());

    public Task<OrderDetails> OrderAsync(Person person, Guid id) =>
        SendAsync<OrderDetails>(person, HttpMethod.Get, "order", $"orders/{id}");

    /// <summary>Waits for the order to stand at <paramref name="status"/> and gives it.</summary>
    public async Task<OrderDetails> WaitForAsync(Person person, Guid id, OrderStatus status, TimeSpan? timeout = null)
    {
        OrderDetails? order = null;
        try
        {
            await Eventually.UntilAsync(
                async () => (order = await OrderAsync(person, id)).Status == status,
                $"order is {status}",
                timeout
            );
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"{exception.Message} It is {order?.Status} ({order?.Reason}): {Story(order)}",
                exception
            );
        }
        return order!;
    }

    public async Task<T> SendAsync<T>(
        Person? person,
        HttpMethod method,
        string service,
        string path,
        object? body = null
    )
    {
        using var response = await SendAsync(person, method, service, path, body);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}"
            );
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    public async Task<HttpResponseMessage> SendAsync(
        Person? person,
        HttpMethod method,
        string service,
        string path,
        object? body = null,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(urls[service]), path));
        if (person is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body, body.GetType());
        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    private static string Story(OrderDetails? order) =>
        string.Join(" → ", order?.Timeline.Select(entry => entry.Event) ?? []);
}

/// <summary>Someone who is signed in.</summary>
public sealed record Person(string AccessToken, string Email = "");
