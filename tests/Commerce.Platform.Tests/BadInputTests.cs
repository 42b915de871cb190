using System.Net;
using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests;

/// <summary>Bad input is answered with problem details that name the field, and leaves nothing behind.</summary>
[Collection(PlatformCollection.Name)]
public sealed class BadInputTests(Platform platform)
{
    private Market Market => platform.Market;

    public static TheoryData<string, string, int, string> BadOrders =>
        new()
        {
            {
                "malformed token",
                """{"items":[{"fruitId":"FRUIT","quantity":1}],"address":ADDRESS,"paymentToken":"tok_short"}""",
                400,
                "paymentToken"
            },
            {
                "unknown fruit",
                """{"items":[{"fruitId":"01970000-dead-7000-8000-000000000000","quantity":1}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
                400,
                "items[0].fruitId"
            },
            {
                "no box",
                """{"items":[{"fruitId":"FRUIT","quantity":0}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
                400,
                "items[0].quantity"
            },
            {
                "minus one box",
                """{"items":[{"fruitId":"FRUIT","quantity":-1}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
                400,
                "items[0].quantity"
            },
            {
                "a billion boxes",
                """{"items":[{"fruitId":"FRUIT","quantity":1000000000}],"address":ADDRESS,"paymentToken":"TOKEN"}""",
                400,
                "items[0].quantity"
            },
            { "no items", """{"items":[],"address":ADDRESS,"paymentToken":"TOKEN"}""", 400, "items" },
            { "no address", """{"items":[{"fruitId":"FRUIT","quantity":1}],"paymentToken":"TOKEN"}""", 400, "address" },
            { "not json", """{"items":""", 400, "" },
            {
                "another total",
                """{"items":[{"fruitId":"FRUIT","quantity":1}],"address":ADDRESS,"paymentToken":"TOKEN","expectedTotalKrw":1}""",
                409,
                "totalKrw"
            },
        };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task A_bad_order_is_refused_and_not_stored(string what, string body, int status, string names)
    {
        var shopper = await Market.RegisterShopperAsync();
        var fruit = (await Market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits?pageSize=1")).Items[0];
        using var content = new StringContent(
            body.Replace("FRUIT", fruit.Id.ToString(), StringComparison.Ordinal)
                .Replace(
                    "ADDRESS",
                    JsonSerializer.Serialize(Market.Address, JsonSerializerOptions.Web),
                    StringComparison.Ordinal
                )
                .Replace("TOKEN", Market.PaymentToken(), StringComparison.Ordinal),
            Encoding.UTF8,
            "application/json"
        );

        using var response = await Market.TryPlaceAsync(shopper, content);

        await ShouldBeProblemAsync(response, status, names, what);
        var orders = await Market.SendAsync<Paged<OrderSummary>>(shopper, HttpMethod.Get, "order", "orders");
        orders.Total.ShouldBe(0, what);
    }

    [Fact]
    public async Task A_body_of_one_megabyte_is_too_large()
    {
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        using var content = new StringContent(
            "{\"items\":\"" + new string('x', 1_000_000) + "\"}",
            Encoding.UTF8,
            "application/json"
        );

        using var response = await Market.TryPlaceAsync(shopper, content);

        await ShouldBeProblemAsync(response, 413, "", "1 MB");
    }

    [Fact]
    public async Task An_idempotency_key_is_needed_and_belongs_to_one_body()
    {
        var shopper = await Market.RegisterShopperAsync();
        var fruit = (await Market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits?pageSize=1")).Items[0];
        var body = new PlaceOrderRequest([new(fruit.Id, 1)], Market.Address, Market.PaymentToken("decline"));
        var key = Guid.NewGuid().ToString();

        using var missing = await Market.SendAsync(shopper, HttpMethod.Post, "order", "orders", body);
        await ShouldBeProblemAsync(missing, 400, "Idempotency-Key", "missing key");
        using var first = await Market.TryPlaceAsync(shopper, body, key);
        using var again = await Market.TryPlaceAsync(shopper, body, key);
        using var other = await Market.TryPlaceAsync(shopper, body with { PaymentToken = Market.PaymentToken() }, key);

        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await ShouldBeProblemAsync(other, 422, "", "other body");
        (await Market.SendAsync<Paged<OrderSummary>>(shopper, HttpMethod.Get, "order", "orders")).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Somebody_elses_order_is_not_found()
    {
        var owner = await Market.RegisterShopperAsync();
        var stranger = await Market.RegisterShopperAsync();
        var fruit = (await Market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits?pageSize=1")).Items[0];
        var placed = await Market.PlaceAsync(owner, fruit.Id, scenario: "decline");
        await Market.WaitForAsync(owner, placed.OrderId, OrderStatus.Cancelled);

        foreach (
            var (service, path) in new[]
            {
                ("order", $"orders/{placed.OrderId}"),
                ("payment", $"payments/{placed.OrderId}"),
            }
        )
        {
            using var response = await Market.SendAsync(stranger, HttpMethod.Get, service, path);
            await ShouldBeProblemAsync(response, 404, "", path);
        }
        using var cancel = await Market.SendAsync(
            stranger,
            HttpMethod.Post,
            "order",
            $"orders/{placed.OrderId}/cancel"
        );
        await ShouldBeProblemAsync(cancel, 404, "", "cancel");
    }

    [Theory]
    [InlineData("order", "orders")]
    [InlineData("identity", "me")]
    [InlineData("payment", "payments/01970000-0000-7000-8000-000000000001")]
    [InlineData("delivery", "deliveries/01970000-0000-7000-8000-000000000001")]
    public async Task A_missing_or_forged_token_is_refused(string service, string path)
    {
        var shopper = await Market.SignInAsync(DemoAccounts.ShopperEmail);
        var parts = shopper.AccessToken.Split('.');
        string[] forged =
        [
            $"{Base64("{\"alg\":\"none\"}")}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}",
            $"{parts[0]}.{Base64("{\"sub\":\"01970000-0000-7000-8000-000000000002\",\"role\":\"admin\",\"exp\":4102444800}")}.{parts[2]}",
        ];

        using var missing = await Market.SendAsync(null, HttpMethod.Get, service, path);
        await ShouldBeProblemAsync(missing, 401, "", "no token");
        foreach (var token in forged)
        {
            using var response = await Market.SendAsync(new Person(token), HttpMethod.Get, service, path);
            await ShouldBeProblemAsync(response, 401, "", token);
        }
    }

    private static string Base64(string json) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static async Task ShouldBeProblemAsync(HttpResponseMessage response, int status, string names, string what)
    {
        var body = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, $"{what}: {body}");
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", what);
        JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().ShouldBe(status);
        body.ShouldContain(names, Case.Sensitive, what);
    }
}
