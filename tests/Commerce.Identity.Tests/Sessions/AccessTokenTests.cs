using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Events;

namespace Commerce.Identity.Tests.Sessions;

[Collection(IdentityCollection.Name)]
public sealed class AccessTokenTests(IdentityFixture identity)
{
    /// <summary>The claims of a token.</summary>
    public static JsonElement Payload(string token) => Part(token, 1);

    [Fact]
    public async Task Whoever_has_the_published_key_can_check_a_token()
    {
        var tokens = await identity.SignInAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);
        var parts = tokens.AccessToken.Split('.');
        var header = Part(tokens.AccessToken, 0);
        header.GetProperty("alg").GetString().ShouldBe("ES256");

        var key = (await JwksAsync()).Single(k =>
            k.GetProperty("kid").GetString() == header.GetProperty("kid").GetString()
        );
        byte[] Coordinate(string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Coordinate("x"), Y = Coordinate("y") },
            }
        );
        ecdsa
            .VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256
            )
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_says_who_for_how_long_and_nothing_private()
    {
        var tokens = await identity.SignInAsync(DemoAccounts.FarmerEmail, DemoAccounts.Password);
        var claims = Payload(tokens.AccessToken);

        claims.GetProperty("sub").GetGuid().ShouldBe(DemoAccounts.FarmerId);
        claims.GetProperty("iss").GetString().ShouldBe("commerce");
        claims.GetProperty("aud").GetString().ShouldBe("commerce");
        claims.GetProperty("role").GetString().ShouldBe("farmer");
        claims.GetProperty("approved").GetBoolean().ShouldBeTrue();
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(900);
        claims.GetRawText().ShouldNotContain("@");
    }

    [Fact]
    public async Task The_key_set_has_no_private_half()
    {
        foreach (var key in await JwksAsync())
        {
            key.TryGetProperty("d", out _).ShouldBeFalse();
            key.GetProperty("crv").GetString().ShouldBe("P-256");
        }
    }

    [Fact]
    public async Task The_demo_accounts_are_told_about_once_and_their_farms_not_at_all()
    {
        await identity.Events.WaitForAsync<AccountRegistered>(DemoAccounts.FarmerId);
        await using var connection = await identity.Database.OpenConnectionAsync();
        var rows = await Dapper.SqlMapper.QueryAsync<string>(
            connection,
            "select type from outbox where subject = @Id",
            new { Id = DemoAccounts.FarmerId }
        );
        rows.ShouldBe(["commerce.account.registered.v1"]);
    }

    [Fact]
    public async Task The_openapi_document_shows_what_needs_a_token()
    {
        using var client = identity.Service.Client();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var paths = document.GetProperty("paths");
        paths.GetProperty("/me").GetProperty("get").TryGetProperty("security", out _).ShouldBeTrue();
        paths.GetProperty("/accounts").GetProperty("post").TryGetProperty("security", out _).ShouldBeFalse();
        (await client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative))).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );
    }

    private async Task<List<JsonElement>> JwksAsync()
    {
        using var client = identity.Service.Client();
        var jwks = await client.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json");
        return [.. jwks.GetProperty("keys").EnumerateArray()];
    }

    private static JsonElement Part(string token, int index) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement;
}
