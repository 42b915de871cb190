using System.Net;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security;

/// <summary>What people entrust to the shop, and what lets somebody in, stands in no log and in no trace.</summary>
[Collection(PlatformCollection.Name)]
public sealed class LeakTests(Platform platform)
{
    private const string Password = "Zebra-Quokka-Marker-41";
    private const string WrongPassword = "Zebra-Quokka-Wrong-42";
    private const string Recipient = "표식받는이";
    private const string Line1 = "표식시 표식구 표식로 4177";
    private const string Phone = "010-4177-4177";

    private Market Market => platform.Market;

    [Fact]
    public async Task Neither_logs_nor_traces_hold_tokens_passwords_cards_phones_or_addresses()
    {
        var email = $"leak-{Guid.NewGuid():N}@example.com";
        var (tokens, cardToken) = await LiveAsync(email);
        var scanner = new LeakScanner([
            Password,
            WrongPassword,
            Recipient,
            Line1,
            Phone,
            cardToken,
            tokens.AccessToken,
            tokens.RefreshToken,
            email,
            await platform.SecretAsync("payment-provider-key"),
        ]);

        var logs = await platform.LogsAsync();
        logs.Keys.ShouldContain(name => name.Contains("order", StringComparison.Ordinal));
        logs.Keys.ShouldContain(name => name.Contains("storefront", StringComparison.Ordinal));
        var found = logs.SelectMany(log => scanner.Scan(log.Key, log.Value)).ToList();
        var spans = await platform.TelemetryAsync("spans?limit=10000");
        spans.ShouldContain("POST /orders");
        found.AddRange(scanner.Scan("spans", spans));
        var records = await platform.TelemetryAsync("logs?limit=10000");
        records.ShouldContain("logRecords");
        found.AddRange(scanner.Scan("log records", records));

        found.Take(30).ShouldBeEmpty();
    }

    /// <summary>Registers, signs in rightly and wrongly, saves an address, buys, fails, looks around in the shop.</summary>
    private async Task<(Tokens Tokens, string CardToken)> LiveAsync(string email)
    {
        await SendAsync(null, "accounts", new RegisterAccount(email, Password, Recipient, "shopper"));
        await SendAsync(null, "tokens", new SignInRequest(email, WrongPassword));
        await SendAsync(null, "accounts", new RegisterAccount(email, Password, Recipient, "shopper"));
        var tokens = await Market.SendAsync<Tokens>(
            null,
            HttpMethod.Post,
            "identity",
            "tokens",
            new SignInRequest(email, Password)
        );
        var shopper = new Person(tokens.AccessToken, email);
        await SendAsync(shopper, "me/addresses", new NewAddress("집", Recipient, Phone, "06236", Line1));
        await SendAsync(shopper, "me/password", new ChangePasswordRequest(WrongPassword, Password + "x"));
        tokens = await Market.SendAsync<Tokens>(
            null,
            HttpMethod.Post,
            "identity",
            "tokens/refresh",
            new RefreshTokens(tokens.RefreshToken)
        );

        var fruit = (await Market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits?pageSize=1")).Items[0];
        var address = new ShippingAddress(Recipient, Phone, "06236", Line1, "표식동 4호");
        var cardToken = Market.PaymentToken();
        foreach (
            var token in new[] { cardToken, Market.PaymentToken("decline"), Market.PaymentToken("timeout"), "tok_bad" }
        )
        {
            using var placed = await Market.TryPlaceAsync(
                shopper,
                new PlaceOrderRequest([new(fruit.Id, 1)], address, token)
            );
            placed.StatusCode.ShouldBe(token == "tok_bad" ? HttpStatusCode.BadRequest : HttpStatusCode.Accepted);
        }
        var orders = await Market.SendAsync<Paged<OrderSummary>>(shopper, HttpMethod.Get, "order", "orders");
        foreach (var order in orders.Items)
            await Eventually.UntilAsync(
                async () =>
                    (await Market.OrderAsync(shopper, order.Id)).Status
                        is OrderStatus.Cancelled
                            or OrderStatus.Delivered,
                "the order has ended"
            );

        using var visitor = new ShopClient(platform);
        using var signedIn = await visitor.SubmitAsync(
            "/sign-in",
            "sign-in",
            ("Form.Email", email),
            ("Form.Password", Password)
        );
        signedIn.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await visitor.HtmlAsync("/account")).ShouldContain(email);
        await visitor.HtmlAsync($"/orders/{orders.Items[0].Id}");
        return (tokens, cardToken);
    }

    private async Task SendAsync(Person? person, string path, object body) =>
        (await Market.SendAsync(person, HttpMethod.Post, "identity", path, body)).Dispose();
}
