using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Identity.Keys;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Sessions;

/// <summary>Whom a token is for.</summary>
internal sealed record TokenAccount(Guid Id, string Name, string Role, bool Approved);

/// <summary>Writes access tokens: compact JWS by ES256 (RFC 7515, RFC 7518 3.4).</summary>
internal sealed partial class AccessTokens(SigningKeys keys, IOptions<IdentityOptions> options, TimeProvider time)
{
    /// <summary>In seconds.</summary>
    public int ExpiresIn => (int)options.Value.Tokens.Access.TotalSeconds;

    public async Task<string> IssueAsync(TokenAccount account, CancellationToken cancellationToken)
    {
        var key = await keys.CurrentAsync(cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Claims(
            "commerce",
            "commerce",
            account.Id,
            account.Role,
            account.Name,
            account.Role == "farmer" ? account.Approved : null,
            now,
            now,
            now + ExpiresIn
        );
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header("ES256", "JWT", key.Id), Json.Default.Header);
        var payload = JsonSerializer.SerializeToUtf8Bytes(claims, Json.Default.Claims);
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.Pkcs8, out _);
        var signature = ecdsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    internal sealed record Header(string Alg, string Typ, string Kid);

    internal sealed record Claims(
        string Iss,
        string Aud,
        Guid Sub,
        string Role,
        string Name,
        bool? Approved,
        long Iat,
        long Nbf,
        long Exp
    );

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
    )]
    [JsonSerializable(typeof(Header))]
    [JsonSerializable(typeof(Claims))]
    private sealed partial class Json : JsonSerializerContext;
}
