using System.Net;
using System.Security.Cryptography;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security;

/// <summary>
/// Tokens that are wrong in one point, against the running services. What the validator makes of every kind of forgery is
/// proven beside it; here each kind is sent once.
/// </summary>
[Collection(PlatformCollection.Name)]
public sealed class TokenAbuseTests(Platform platform)
{
    private Market Market => platform.Market;

    [Theory]
    [InlineData("good", HttpStatusCode.OK)]
    [InlineData("alg none", HttpStatusCode.Unauthorized)]
    [InlineData("wrong kid", HttpStatusCode.Unauthorized)]
    [InlineData("HS256 with the public key", HttpStatusCode.Unauthorized)]
    [InlineData("expired", HttpStatusCode.Unauthorized)]
    [InlineData("from the future", HttpStatusCode.Unauthorized)]
    [InlineData("for another audience", HttpStatusCode.Unauthorized)]
    public async Task A_token_of_the_platforms_own_key_is_taken_only_when_everything_is_right(
        string kind,
        HttpStatusCode status
    )
    {
        var key = await PlatformKey.ReadAsync(platform);
        var who = DemoAccounts.ShopperId;
        var token = kind switch
        {
            "alg none" => key.Token(who, header: h => h["alg"] = "none", sign: _ => []),
            "wrong kid" => key.Token(who, header: h => h["kid"] = "../../etc/passwd"),
            "HS256 with the public key" => key.Token(
                who,
                header: h => h["alg"] = "HS256",
                sign: bytes => HMACSHA256.HashData(key.PublicKey(), bytes)
            ),
            "expired" => key.Token(who, ends: TimeSpan.FromMinutes(-2)),
            "from the future" => key.Token(
                who,
                claims: c => c["nbf"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds()
            ),
            "for another audience" => key.Token(who, claims: c => c["aud"] = "somebody else"),
            _ => key.Token(who),
        };

        foreach (var (service, path) in new[] { ("identity", "me"), ("order", "orders"), ("catalog", "wishes") })
        {
            using var response = await Market.SendAsync(new Person(token), HttpMethod.Get, service, path);
            response.StatusCode.ShouldBe(status, $"{kind} at {service}");
        }
    }

    [Fact]
    public async Task A_refresh_token_that_comes_twice_ends_the_session_for_thief_and_owner()
    {
        var shopper = await Market.RegisterShopperAsync();
        var stolen = await Market.SendAsync<Tokens>(
            null,
            HttpMethod.Post,
            "identity",
            "tokens",
            new SignInRequest(shopper.Email, DemoAccounts.Password)
        );
        var next = await RefreshAsync(stolen.RefreshToken);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
        var newest = await next.ReadAsync<Tokens>();

        (await RefreshAsync(stolen.RefreshToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(newest.RefreshToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whether_there_is_such_an_account_is_not_to_be_learned_by_signing_in()
    {
        var known = (await Market.RegisterShopperAsync()).Email;
        var unknown = $"nobody-{Guid.NewGuid():N}@example.com";
        var answers = new List<string>();
        foreach (var email in new[] { known, unknown, known.ToUpperInvariant(), "no address at all" })
        {
            using var refused = await Market.SendAsync(
                null,
                HttpMethod.Post,
                "identity",
                "tokens",
                new SignInRequest(email, "not the password")
            );
            var problem = await refused.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
            answers.Add(WithoutTrace(problem) + Headers(refused));
        }

        answers.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_sign_in_page_says_the_same_for_known_and_unknown_addresses()
    {
        var known = (await Market.RegisterShopperAsync()).Email;
        var unknown = $"{new string('x', known.Length - 12)}@example.com";
        using var visitor = new ShopClient(platform);
        var pages = new List<string>();
        foreach (var email in new[] { known, unknown })
        {
            using var answer = await visitor.SubmitAsync(
                "/sign-in",
                "sign-in",
                ("Form.Email", email),
                ("Form.Password", "not the password")
            );
            var html = await answer.Content.ReadAsStringAsync();
            var start = html.IndexOf("data-testid=\"sign-in-error\"", StringComparison.Ordinal);
            start.ShouldBeGreaterThan(0);
            pages.Add($"{answer.StatusCode} {html[start..html.IndexOf("</p>", start, StringComparison.Ordinal)]}");
        }

        pages[0].ShouldBe(pages[1]);
    }

    [Fact]
    public async Task A_taken_address_is_told_only_to_who_could_have_registered_it()
    {
        // Registering has to say that an address is taken (409); anything else that is wrong comes first and says the same.
        var known = (await Market.RegisterShopperAsync()).Email;
        var unknown = $"nobody-{Guid.NewGuid():N}@example.com";
        var answers = new List<string>();
        foreach (var email in new[] { known, unknown })
        {
            using var refused = await Market.SendAsync(
                null,
                HttpMethod.Post,
                "identity",
                "accounts",
                new RegisterAccount(email, "short", "박초롱", "shopper")
            );
            answers.Add(WithoutTrace(await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "password")));
        }

        answers[0].ShouldBe(answers[1]);
    }

    private Task<HttpResponseMessage> RefreshAsync(string token) =>
        Market.SendAsync(null, HttpMethod.Post, "identity", "tokens/refresh", new RefreshTokens(token));

    private static string WithoutTrace(System.Text.Json.JsonElement problem) =>
        string.Join(
            ", ",
            problem.EnumerateObject().Where(part => part.Name != "traceId").Select(part => $"{part.Name}: {part.Value}")
        );

    private static string Headers(HttpResponseMessage answer) =>
        string.Join(", ", answer.Headers.Where(header => header.Key != "Date").Select(header => header.Key));
}
