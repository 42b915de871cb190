using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Bench.Platform;

/// <summary>Shoppers who are signed in and fruits that never run out.</summary>
internal sealed class Market : IDisposable
{
    private const int BoxesPerLot = 100_000;
    private static readonly ShippingAddress Address = new(
        "김하늘",
        "010-2345-6789",
        "37409",
        "경북 청송군 주왕산면 1",
        null
    );

    private readonly BenchPlatform _platform;
    private readonly HttpClient _http = new();
    private readonly List<string> _tokens = [];

    private Market(BenchPlatform platform) => _platform = platform;

    public IReadOnlyList<Guid> Fruits { get; private set; } = [];

    /// <param name="fruits">How many of the first farm's.</param>
    public static async Task<Market> OpenAsync(BenchPlatform platform, int shoppers, int fruits)
    {
        var market = new Market(platform);
        for (var i = 0; i < shoppers; i++)
        {
            var email = $"bench-{Guid.NewGuid():N}@example.com";
            await market.SendAsync(
                null,
                HttpMethod.Post,
                "identity",
                "accounts",
                new RegisterAccount(email, DemoAccounts.Password, "박초롱", "shopper")
            );
            market._tokens.Add(await market.SignInAsync(email));
        }

        var farmer = await market.SignInAsync(DemoAccounts.FarmerEmail);
        var listed = new List<Guid>();
        for (var i = 0; i < fruits; i++)
        {
            var draft = new FruitDraft($"측정 사과 {i}", "부사", "apple", "특", 14.5m, 5m, 14, 16, 30_000, 1, 12);
            var created = await market.SendAsync(farmer, HttpMethod.Post, "catalog", "fruits", draft);
            var fruit = created.GetProperty("id").GetGuid();
            var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-1)), 14.5m, BoxesPerLot);
            await market.SendAsync(farmer, HttpMethod.Post, "catalog", $"fruits/{fruit}/lots", lot);
            listed.Add(fruit);
        }

        market.Fruits = listed;
        await market.WaitUntilKnownAsync();
        return market;
    }

    /// <summary>An order as bytes for <see cref="HttpConnection"/>: one or two boxes, under a new key.</summary>
    public byte[] Order(int number, IReadOnlyList<Guid> fruits)
    {
        var key = Guid.NewGuid().ToString("N");
        var order = new PlaceOrderRequest(
            [new PlaceOrderItem(fruits[number % fruits.Count], 1)],
            Address,
            string.Concat("tok_", key.AsSpan(0, 24))
        );
        return HttpConnection.Request(
            "POST",
            _platform.Address("order", "orders"),
            [
                ("Authorization", "Bearer " + _tokens[number % _tokens.Count]),
                ("Idempotency-Key", key),
                ("Content-Type", "application/json"),
            ],
            JsonSerializer.SerializeToUtf8Bytes(order, ContractsJson.Default.PlaceOrderRequest)
        );
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> SignInAsync(string email) =>
        (await SendAsync(null, HttpMethod.Post, "identity", "tokens", new SignInRequest(email, DemoAccounts.Password)))
            .GetProperty("accessToken")
            .GetString()!;

    /// <summary>Order keeps its own copy of what is for sale, and hears of it by events.</summary>
    private async Task WaitUntilKnownAsync()
    {
        await using var connection = await _platform.OpenAsync("orderdb");
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from fruit_copies where fruit_id = any($1) and for_sale";
        command.Parameters.Add(new Npgsql.NpgsqlParameter<Guid[]> { TypedValue = [.. Fruits] });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((long)(await command.ExecuteScalarAsync(limit.Token))! < Fruits.Count)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task<JsonElement> SendAsync(
        string? token,
        HttpMethod method,
        string service,
        string path,
        object body
    )
    {
        using var request = new HttpRequestMessage(method, _platform.Address(service, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(body, body.GetType());
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
    }
}
