using System.Globalization;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security;

/// <summary>A request for every endpoint that succeeds for whom it is meant.</summary>
internal sealed class AccessRequests(Cast cast)
{
    private const string GuestCart = "X-Cart-Id";
    private static readonly Guid Nothing = new("01970000-dead-7000-8000-000000000000");

    public async Task<HttpRequestMessage> BuildAsync(string endpoint, Person? person)
    {
        var (service, method, template) = Split(endpoint);
        var address = new Uri(new Uri(cast.Platform.Urls[service]), Path(service, template) + Query(endpoint));
        var request = new HttpRequestMessage(HttpMethod.Parse(method), address);
        if (person is not null)
            request.Headers.Authorization = new("Bearer", person.AccessToken);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Headers.Add(GuestCart, "cast-guest-cart-0001");
        request.Headers.Add("X-Forwarded-For", Caller.Next());
        var body = await BodyAsync(endpoint, person);
        request.Content = body as HttpContent ?? (body is null ? null : System.Net.Http.Json.JsonContent.Create(body));
        return request;
    }

    public static (string Service, string Method, string Path) Split(string endpoint) =>
        endpoint.Split(' ') is [var service, var method, var path]
            ? (service, method, path)
            : throw new ArgumentException(endpoint, nameof(endpoint));

    private string Path(string service, string template)
    {
        var id = template switch
        {
            _ when template.StartsWith("/dead-letters", StringComparison.Ordinal) => Nothing,
            "/farms/{id}" => cast.FarmerId,
            "/me/addresses/{id}" => cast.AddressId,
            "/farm/imports/{id}" or "/farm/imports/{id}/run" => cast.ImportId,
            _ when service == "identity" => cast.VictimId,
            _ when service == "catalog" => cast.Fruit.Id,
            _ => cast.OrderId,
        };
        return template
            .Replace("{id}", id.ToString(), StringComparison.Ordinal)
            .Replace("{orderId}", cast.OrderId.ToString(), StringComparison.Ordinal)
            .Replace("{fruitId}", cast.Fruit.Id.ToString(), StringComparison.Ordinal)
            .Replace("{month}", Today().ToString("yyyy-MM", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private string Query(string endpoint) =>
        endpoint switch
        {
            "catalog GET /fruits/lookup" or "catalog GET /reviews/own" => $"?ids={cast.Fruit.Id}",
            "order GET /farm/pick-list" => $"?shipsOn={Today():yyyy-MM-dd}",
            _ => "",
        };

    private async Task<object?> BodyAsync(string endpoint, Person? person) =>
        endpoint switch
        {
            "identity POST /accounts" => new RegisterAccount(
                $"cast-{Guid.NewGuid():N}@example.com",
                DemoAccounts.Password,
                "박초롱",
                "shopper"
            ),
            "identity POST /tokens" => Credentials(person),
            "identity POST /tokens/refresh" or "identity POST /tokens/revoke" => new RefreshTokens(
                (
                    await cast.Platform.Market.SendAsync<Tokens>(
                        null,
                        HttpMethod.Post,
                        "identity",
                        "tokens",
                        Credentials(person)
                    )
                ).RefreshToken
            ),
            // The demo's admin keeps the name; everybody else is the cast's own.
            "identity PUT /me" => new UpdateAccount(
                (
                    await cast.Platform.Market.SendAsync<Account>(
                        person ?? cast.Shopper,
                        HttpMethod.Get,
                        "identity",
                        "me"
                    )
                ).Name
            ),
            // Never the right one: the people are needed again.
            "identity POST /me/password" => new ChangePasswordRequest("not this one", "잘 익은 배 세 상자"),
            "identity POST /me/addresses" or "identity PUT /me/addresses/{id}" => new NewAddress(
                "집",
                "김하늘",
                "010-2345-6789",
                "37409",
                "경북 청송군"
            ),
            "identity POST /farmers/{id}/suspend"
            or "identity POST /farmers/{id}/reinstate"
            or "identity POST /admin/accounts/{id}/lock"
            or "identity POST /admin/accounts/{id}/unlock" => new AdminNote("시험"),
            _ when endpoint.EndsWith("POST /dead-letters/redrive", StringComparison.Ordinal) => new RedriveLetters([
                Nothing,
            ]),
            _ when endpoint.EndsWith("POST /dead-letters/discard", StringComparison.Ordinal) => new DiscardLetters(
                [Nothing],
                "시험"
            ),
            "catalog POST /fruits/{id}/reviews" or "catalog PUT /fruits/{id}/reviews" => new NewReview(5, "맛있어요"),
            "catalog PUT /farms/me" => new FarmProfile("경북 청송", "이야기"),
            "catalog POST /fruits/check" or "catalog POST /fruits" or "catalog PUT /fruits/{id}" => Draft(),
            "catalog PUT /fruits/{id}/for-sale" => new SaleState(true),
            "catalog POST /fruits/{id}/lots" => new NewLot(Today().AddDays(-1), 14.5m, 10),
            "catalog POST /fruits/{id}/stock" => new StockChange(1, "시험"),
            "catalog POST /farm/imports" => Cast.ImportFile(),
            "catalog POST /farm/imports/{id}/run" => new RunImport(),
            "order PUT /cart/items/{fruitId}" => new CartQuantity(1),
            "order POST /cart/merge" => new MergeCart("cast-guest-cart-0002"),
            "order POST /orders" => new PlaceOrderRequest(
                [new(cast.Fruit.Id, 1)],
                Market.Address,
                Market.PaymentToken("decline")
            ),
            "order POST /admin/orders/{id}/refund" => new RefundOrderRequest("시험"),
            "delivery PUT /farm/hand-over" => new HandOver(false),
            _ => null,
        };

    private SignInRequest Credentials(Person? person) => new((person ?? cast.Shopper).Email, DemoAccounts.Password);

    private static FruitDraft Draft() =>
        new("시험 사과", "부사", "apple", "특", 14.5m, 5m, 14, 16, 30_000, 1, 12, ForSale: true);

    private static DateOnly Today() => DateOnly.FromDateTime(DateTime.UtcNow);
}
