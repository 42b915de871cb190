using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Commerce.Platform.Tests.Security;

/// <summary>
/// Signs tokens with the platform's own key, which development keeps unsealed in Identity's database: what a test forges is then
/// wrong in one point only.
/// </summary>
internal sealed class PlatformKey
{
    private readonly ECDsa _key;

    private PlatformKey(string id, ECDsa key)
    {
        Id = id;
        _key = key;
    }

    public string Id { get; }

    public static async Task<PlatformKey> ReadAsync(Platform platform)
    {
        await using var connection = new NpgsqlConnection(platform.Database("identitydb"));
        var (id, pkcs8) = await connection.QuerySingleAsync<(string, byte[])>(
            "select id, private_key from signing_key where not sealed order by created_at desc limit 1"
        );
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new(id, key);
    }

    /// <summary>Another key that claims the same id.</summary>
    public static PlatformKey Stranger(string id) => new(id, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <param name="ends">How long after now; negative: it has ended.</param>
    public string Token(
        Guid account,
        string role = "shopper",
        TimeSpan? ends = null,
        Action<JsonObject>? header = null,
        Action<JsonObject>? claims = null,
        Func<byte[], byte[]>? sign = null
    )
    {
        var now = DateTimeOffset.UtcNow;
        var head = new JsonObject
        {
            ["alg"] = "ES256",
            ["typ"] = "JWT",
            ["kid"] = Id,
        };
        header?.Invoke(head);
        var body = new JsonObject
        {
            ["iss"] = "commerce",
            ["aud"] = "commerce",
            ["sub"] = account.ToString(),
            ["role"] = role,
            ["name"] = "시험",
            ["iat"] = now.AddHours(-2).ToUnixTimeSeconds(),
            ["nbf"] = now.AddHours(-2).ToUnixTimeSeconds(),
            ["exp"] = (now + (ends ?? TimeSpan.FromMinutes(10))).ToUnixTimeSeconds(),
        };
        claims?.Invoke(body);
        var input = $"{Encode(head)}.{Encode(body)}";
        var bytes = Encoding.ASCII.GetBytes(input);
        var signature = sign is null ? _key.SignData(bytes, HashAlgorithmName.SHA256) : sign(bytes);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The public half, as an attacker can read it from the key set.</summary>
    public byte[] PublicKey() => _key.ExportSubjectPublicKeyInfo();

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
