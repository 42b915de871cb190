using System.Security.Cryptography;
using System.Text.Json;

namespace Commerce.ServiceDefaults;

/// <summary>Where the public keys come from that tokens are checked with.</summary>
public interface ITokenKeys
{
    /// <summary>The key of that id; null when the issuer has none.</summary>
    /// <exception cref="KeysUnavailableException">The issuer could not be asked, so nobody can say.</exception>
    ValueTask<TokenKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}

/// <summary>The issuer's keys cannot be fetched: the token is neither good nor bad, and the request is refused (503).</summary>
public sealed class KeysUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A public key on P-256.</summary>
public sealed class TokenKey
{
    private readonly ECParameters _parameters;

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public TokenKey(string id, byte[] x, byte[] y)
    {
        Id = id;
        _parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = x, Y = y },
        };
        using var check = ECDsa.Create(_parameters);
    }

    public string Id { get; }

    /// <summary>ES256 (RFC 7518, 3.4): SHA-256, signature as 64 bytes r‖s.</summary>
    public bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 64)
        {
            return false;
        }

        // An instance per call: ECDsa makes no promise for threads, and the result is cached per token anyway.
        using var ecdsa = ECDsa.Create(_parameters);
        return ecdsa.VerifyData(
            signingInput,
            signature,
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
    }

    /// <summary>The usable keys of a JWKS: kty EC, crv P-256, meant for signatures by ES256. Others are passed over.</summary>
    /// <exception cref="JsonException">Not a JWKS.</exception>
    public static IReadOnlyList<TokenKey> ParseSet(ReadOnlyMemory<byte> jwks)
    {
        using var document = JsonDocument.Parse(jwks, new JsonDocumentOptions { MaxDepth = 8 });
        if (
            document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
        {
            throw new JsonException("a JWKS has an array \"keys\"");
        }

        return [.. list.EnumerateArray().Select(Parse).OfType<TokenKey>()];
    }

    private static TokenKey? Parse(JsonElement key)
    {
        if (
            key.ValueKind != JsonValueKind.Object
            || Text(key, "kty") != "EC"
            || Text(key, "crv") != "P-256"
            || Text(key, "use") is not (null or "sig")
            || Text(key, "alg") is not (null or "ES256")
            || Text(key, "kid") is not { Length: > 0 } id
            || Base64UrlStrict.Decode(Text(key, "x")) is not { Length: 32 } x
            || Base64UrlStrict.Decode(Text(key, "y")) is not { Length: 32 } y
        )
        {
            return null;
        }

        try
        {
            return new TokenKey(id, x, y);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
