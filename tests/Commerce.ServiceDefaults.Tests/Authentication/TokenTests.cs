using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Commerce.ServiceDefaults.Tests.Authentication;

public sealed class TokenTests : IAsyncLifetime
{
    private static readonly Guid Account = Guid.CreateVersion7();
    private TestAuthority _authority = null!;
    private SampleService _service = null!;

    public async Task InitializeAsync()
    {
        _authority = await TestAuthority.StartAsync();
        _service = await SampleService.StartAsync([("Authentication:Authority", _authority.Address)]);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _authority.DisposeAsync();
    }

    [Fact]
    public async Task A_good_token_says_who_it_is()
    {
        var response = await GetAsync("/who", _authority.ShopperToken(Account));
        (await response.ReadAsync<Guid>()).ShouldBe(Account);
    }

    [Fact]
    public async Task Without_a_token_the_answer_says_what_is_missing()
    {
        var response = await GetAsync("/who", token: null);
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_bad_token_does_not_hinder_what_is_open() =>
        await (await GetAsync("/address", "nonsense")).ShouldBeAsync(HttpStatusCode.OK);

    public static TheoryData<string> Forgeries() =>
        new(
            "unsigned",
            "unsigned with a signature",
            "hs256 with the public key",
            "signed by a stranger",
            "unknown kid",
            "no kid",
            "kid is a number",
            "kid twice",
            "lower-case algorithm",
            "es384",
            "crit",
            "expired",
            "expired just beyond the skew",
            "no exp",
            "exp is text",
            "exp beyond time",
            "from the future",
            "nbf is text",
            "wrong issuer",
            "no issuer",
            "wrong audience",
            "no audience",
            "sub is no id",
            "no sub",
            "role twice",
            "payload changed",
            "header changed",
            "signature cut",
            "signature missing",
            "one part",
            "four parts",
            "padded",
            "huge",
            "empty object",
            "array"
        );

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forged_token_is_refused(string forgery)
    {
        var response = await GetAsync("/who", Forge(forgery));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Theory]
    [InlineData("unsigned with a signature", "The token is not signed with ES256 by a named key.")]
    [InlineData("crit", "The token is not signed with ES256 by a named key.")]
    [InlineData("unknown kid", "The token's key is unknown.")]
    [InlineData("signed by a stranger", "The token's signature is wrong.")]
    [InlineData("expired just beyond the skew", "The token has expired.")]
    [InlineData("from the future", "The token is not valid yet.")]
    [InlineData("wrong issuer", "The token is not for this shop.")]
    [InlineData("no audience", "The token is not for this shop.")]
    [InlineData("no sub", "The token is malformed.")]
    [InlineData("huge", "The token is too long.")]
    public async Task The_answer_says_why_in_our_words(string forgery, string detail)
    {
        var response = await GetAsync("/who", Forge(forgery));

        (await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>().ShouldBe(detail);
    }

    [Fact]
    public async Task Another_spelling_of_a_good_token_is_refused()
    {
        var token = _authority.ShopperToken(Account);
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // 64 bytes are 86 characters, and the last has four bits to spare.
        var other = alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) + 1];

        foreach (var respelled in new[] { token[..^1] + other, token + "=", token + "==" })
        {
            await (await GetAsync("/who", respelled)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_forgery_after_the_real_token_was_seen_is_refused_too()
    {
        var token = _authority.ShopperToken(Account);
        await (await GetAsync("/who", token)).ShouldBeAsync(HttpStatusCode.OK);
        await (await GetAsync("/who", Forge("payload changed", token))).ShouldBeProblemAsync(
            HttpStatusCode.Unauthorized
        );
    }

    [Theory]
    [InlineData("exp", -10)]
    [InlineData("nbf", 10)]
    public async Task Clocks_may_differ_by_less_than_half_a_minute(string claim, int seconds)
    {
        var token = _authority.Token(Account, claims: c => c[claim] = TestAuthority.Now(TimeSpan.FromSeconds(seconds)));
        await (await GetAsync("/who", token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_that_was_good_a_moment_ago_ends_all_the_same()
    {
        var token = _authority.Token(Account, claims: c => c["exp"] = TestAuthority.Now(TimeSpan.FromSeconds(-27)));
        await (await GetAsync("/who", token)).ShouldBeAsync(HttpStatusCode.OK);

        await Eventually.True(async () => (await GetAsync("/who", token)).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Several_audiences_with_ours_among_them_are_fine()
    {
        var token = _authority.Token(Account, claims: c => c["aud"] = new JsonArray("other", "commerce"));
        await (await GetAsync("/who", token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    [InlineData("Bearer a b")]
    [InlineData(";;;")]
    public async Task Any_other_authorization_header_is_refused(string header)
    {
        using var client = _service.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        await (await client.GetAsync(new Uri("/who", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.Unauthorized
        );
    }

    [Theory]
    [InlineData("/shopper", "shopper", null, HttpStatusCode.OK)]
    [InlineData("/shopper", "farmer", true, HttpStatusCode.Forbidden)]
    [InlineData("/farmer", "farmer", true, HttpStatusCode.OK)]
    [InlineData("/farmer", "farmer", false, HttpStatusCode.Forbidden)]
    [InlineData("/farmer", "farmer", null, HttpStatusCode.Forbidden)]
    [InlineData("/farmer", "shopper", true, HttpStatusCode.Forbidden)]
    [InlineData("/farmer", "admin", true, HttpStatusCode.Forbidden)]
    [InlineData("/admin", "admin", null, HttpStatusCode.OK)]
    [InlineData("/admin", "shopper", null, HttpStatusCode.Forbidden)]
    [InlineData("/admin", "Admin", null, HttpStatusCode.Forbidden)]
    public async Task A_policy_lets_in_its_role_only(string path, string role, bool? approved, HttpStatusCode status)
    {
        var response = await GetAsync(path, _authority.Token(Account, role, approved));
        response.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.Forbidden)
        {
            await response.ShouldBeProblemAsync(status);
        }
    }

    [Fact]
    public async Task A_new_key_is_found_and_the_old_one_forgotten()
    {
        var before = _authority.ShopperToken(Account);
        await (await GetAsync("/who", before)).ShouldBeAsync(HttpStatusCode.OK);
        _authority.Rotate();

        // The key set is asked for again at most every 5 s.
        await Eventually.True(async () =>
            (await GetAsync("/who", _authority.ShopperToken(Account))).StatusCode == HttpStatusCode.OK
        );
        await (await GetAsync("/who", _authority.ForgedToken(Account))).ShouldBeProblemAsync(
            HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task Invented_key_ids_do_not_become_load_on_identity()
    {
        await (await GetAsync("/who", _authority.ShopperToken(Account))).ShouldBeAsync(HttpStatusCode.OK);
        var before = _authority.Requests;

        await Parallel.ForAsync(
            0,
            100,
            async (i, _) =>
                (await GetAsync("/who", Forge("unknown kid"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized)
        );

        // A slow machine may take longer than the 5 s between two fetches.
        (_authority.Requests - before).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task While_identity_is_away_nothing_is_let_in_and_afterwards_it_works()
    {
        _authority.Answers = false;
        var token = _authority.ShopperToken(Account);
        var response = await GetAsync("/who", token);
        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        await (await GetAsync("/address", token)).ShouldBeAsync(HttpStatusCode.OK);

        _authority.Answers = true;
        await Eventually.True(async () => (await GetAsync("/who", token)).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Known_keys_serve_on_while_identity_is_away()
    {
        await (await GetAsync("/who", _authority.ShopperToken(Account))).ShouldBeAsync(HttpStatusCode.OK);
        _authority.Answers = false;
        await (await GetAsync("/who", _authority.ShopperToken(Guid.CreateVersion7()))).ShouldBeAsync(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        using var client = _service.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await client.SendAsync(request);
    }

    private string Forge(string forgery, string? good = null)
    {
        var a = _authority;
        string Header(string name, JsonNode? value) => a.Sign(With(a.Header(), name, value), Claims());
        string Claim(string name, JsonNode? value) => a.Sign(a.Header(), With(Claims(), name, value));
        var parts = (good ?? a.ShopperToken(Account)).Split('.');
        return forgery switch
        {
            "unsigned" => a.UnsignedToken(Account),
            "unsigned with a signature" => a.UnsignedToken(Account) + parts[2],
            "hs256 with the public key" => a.ConfusedToken(Account),
            "signed by a stranger" => a.ForgedToken(Account),
            "unknown kid" => Header("kid", Guid.NewGuid().ToString()),
            "no kid" => Header("kid", null),
            "kid is a number" => Header("kid", 1),
            "kid twice" => $"{Encode($$"""{"alg":"ES256","kid":"x","kid":"{{a.KeyId}}"}""")}.{parts[1]}.{parts[2]}",
            "lower-case algorithm" => Header("alg", "es256"),
            "es384" => Header("alg", "ES384"),
            "crit" => Header("crit", new JsonArray("b64")),
            "expired" => a.ExpiredToken(Account),
            "expired just beyond the skew" => Claim("exp", TestAuthority.Now(TimeSpan.FromSeconds(-31))),
            "no exp" => Claim("exp", null),
            "exp is text" => Claim("exp", "9999999999"),
            "exp beyond time" => Claim("exp", 1e300),
            "from the future" => Claim("nbf", TestAuthority.Now(TimeSpan.FromMinutes(1))),
            "nbf is text" => Claim("nbf", "0"),
            "wrong issuer" => Claim("iss", "commerce2"),
            "no issuer" => Claim("iss", null),
            "wrong audience" => Claim("aud", "other"),
            "no audience" => Claim("aud", null),
            "sub is no id" => Claim("sub", "1"),
            "no sub" => Claim("sub", null),
            "role twice" => a.Sign(a.Header(), Claims())
                .Replace(parts[1], Encode("""{"role":"admin","role":"shopper"}"""), StringComparison.Ordinal),
            "payload changed" => $"{parts[0]}.{Encode(Claims("admin").ToJsonString())}.{parts[2]}",
            "header changed" => $"{Encode(With(a.Header(), "typ", "x").ToJsonString())}.{parts[1]}.{parts[2]}",
            "signature cut" => $"{parts[0]}.{parts[1]}.{parts[2][..^4]}",
            "signature missing" => $"{parts[0]}.{parts[1]}",
            "one part" => parts[0],
            "four parts" => $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}",
            "padded" => $"{parts[0]}=.{parts[1]}.{parts[2]}",
            "huge" => Claim("name", new string('x', 5_000)),
            "empty object" => a.Sign(a.Header(), []),
            "array" => $"{Encode("[]")}.{Encode("[]")}.{parts[2]}",
            _ => throw new ArgumentOutOfRangeException(nameof(forgery), forgery, null),
        };
    }

    private static JsonObject Claims(string role = "shopper") =>
        TestAuthority.Claims(Account, role, approved: null, claims: null);

    private static JsonObject With(JsonObject json, string name, JsonNode? value)
    {
        if (value is null)
        {
            json.Remove(name);
        }
        else
        {
            json[name] = value;
        }

        return json;
    }

    private static string Encode(string json) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));
}
