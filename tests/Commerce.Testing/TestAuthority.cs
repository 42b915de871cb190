using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Testing;

/// <summary>Stands in for Identity: serves a JWKS over real HTTP and issues tokens to anyone the test likes, also bad ones.</summary>
public sealed class TestAuthority : IAsyncDisposable
{
    private static readonly Lazy<Task<TestAuthority>> SharedInstance = new(StartAsync);
    private readonly WebApplication _app;
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _requests;

    private TestAuthority(WebApplication app) => _app = app;

    /// <summary>One for the whole test process; tests that rotate keys or fake an outage start their own.</summary>
    public static Task<TestAuthority> Shared => SharedInstance.Value;

    /// <summary>Value for <c>Authentication:Authority</c>.</summary>
    public string Address =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Id of the key that signs now.</summary>
    public string KeyId { get; private set; } = "test-1";

    /// <summary>False: the JWKS answers 503, as if Identity were down.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>How often the JWKS has been asked for.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<TestAuthority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var authority = new TestAuthority(app);
        app.MapGet("/.well-known/jwks.json", authority.Serve);
        await app.StartAsync();
        return authority;
    }

    /// <summary>A new key under a new id; the old one disappears from the JWKS.</summary>
    public void Rotate()
    {
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyId = $"test-{Guid.NewGuid():N}";
    }

    /// <summary>A good token, valid for 15 minutes unless <paramref name="claims"/> changes that.</summary>
    public string Token(
        Guid accountId,
        string role = "shopper",
        bool? approved = null,
        Action<JsonObject>? claims = null
    ) => Sign(Header(), Claims(accountId, role, approved, claims));

    public string ShopperToken(Guid accountId) => Token(accountId);

    /// <summary>A farmer whom an admin has approved, unless <paramref name="approved"/> is false.</summary>
    public string FarmerToken(Guid accountId, bool approved = true) => Token(accountId, "farmer", approved);

    public string AdminToken(Guid? accountId = null) => Token(accountId ?? Guid.CreateVersion7(), "admin");

    /// <summary>Good but for its lifetime, which ended a minute ago.</summary>
    public string ExpiredToken(Guid accountId, string role = "shopper") =>
        Token(accountId, role, claims: c => c["exp"] = Now(TimeSpan.FromMinutes(-1)));

    /// <summary>Signed by a key that is not in the JWKS but claims the id of one that is.</summary>
    public string ForgedToken(Guid accountId, string role = "shopper")
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(Header(), Claims(accountId, role, approved: null, claims: null), stranger);
    }

    /// <summary><c>alg: none</c> with an empty signature.</summary>
    public string UnsignedToken(Guid accountId, string role = "shopper") =>
        Input(
            new JsonObject { ["alg"] = "none", ["kid"] = KeyId },
            Claims(accountId, role, approved: null, claims: null)
        ) + ".";

    /// <summary>HS256 with the public key as the secret: the classic confusion.</summary>
    public string ConfusedToken(Guid accountId, string role = "shopper")
    {
        var input = Input(
            new JsonObject { ["alg"] = "HS256", ["kid"] = KeyId },
            Claims(accountId, role, approved: null, claims: null)
        );
        var mac = HMACSHA256.HashData(_key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(input));
        return $"{input}.{Base64Url.EncodeToString(mac)}";
    }

    /// <summary>Any header and claims under the authority's own key.</summary>
    public string Sign(JsonObject header, JsonObject claims) => Sign(header, claims, _key);

    /// <summary>The header of a good token.</summary>
    public JsonObject Header() =>
        new()
        {
            ["alg"] = "ES256",
            ["typ"] = "JWT",
            ["kid"] = KeyId,
        };

    /// <summary>The claims of a good token.</summary>
    public static JsonObject Claims(Guid accountId, string role, bool? approved, Action<JsonObject>? claims)
    {
        var json = new JsonObject
        {
            ["iss"] = "commerce",
            ["aud"] = "commerce",
            ["sub"] = accountId.ToString(),
            ["role"] = role,
            ["name"] = "시험",
            // Issued a while ago, so that one that has just expired did not end before it began.
            ["iat"] = Now(TimeSpan.FromMinutes(-5)),
            ["nbf"] = Now(TimeSpan.FromMinutes(-5)),
            ["exp"] = Now(TimeSpan.FromMinutes(15)),
        };
        if (approved is { } value)
        {
            json["approved"] = value;
        }

        claims?.Invoke(json);
        return json;
    }

    /// <summary>A NumericDate so far from now.</summary>
    public static long Now(TimeSpan offset) => (DateTimeOffset.UtcNow + offset).ToUnixTimeSeconds();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Serve()
    {
        Interlocked.Increment(ref _requests);
        if (!Answers)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        return Results.Json(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "EC",
                        crv = "P-256",
                        use = "sig",
                        alg = "ES256",
                        kid = KeyId,
                        x = Base64Url.EncodeToString(q.X),
                        y = Base64Url.EncodeToString(q.Y),
                    },
                },
            }
        );
    }

    private static string Input(JsonObject header, JsonObject claims) => $"{Encode(header)}.{Encode(claims)}";

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Sign(JsonObject header, JsonObject claims, ECDsa key)
    {
        var input = Input(header, claims);
        var signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }
}
