using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.ServiceDefaults.Authentication;

/// <summary>
/// The public keys that tokens are checked with, where JwtBearer looks for them. The package's own ConfigurationManager is not
/// used: with a new key it either refuses the first token or lets all requests wait for an issuer that hangs.
/// </summary>
public abstract class TokenKeys : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>The keys at hand; waits for the issuer only when there are none.</summary>
    /// <exception cref="KeysUnavailableException">There are none, so nobody can say whether a token is good.</exception>
    public abstract Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel);

    /// <summary>
    /// The keys after another look, for a token whose key is not at hand. Looks only so often, so that invented key ids do not
    /// become load.
    /// </summary>
    /// <exception cref="KeysUnavailableException">There are none.</exception>
    public abstract Task<OpenIdConnectConfiguration> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Does nothing: whoever needs another look waits for it, by <see cref="RefreshAsync"/>.</summary>
    public void RequestRefresh() { }

    /// <summary>What JwtBearer takes the keys from.</summary>
    public static OpenIdConnectConfiguration Set(IEnumerable<SecurityKey> keys)
    {
        var set = new OpenIdConnectConfiguration();
        foreach (var key in keys)
        {
            set.SigningKeys.Add(key);
        }

        return set;
    }

    /// <summary>A public key on P-256.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static ECDsaSecurityKey Key(string id, byte[] x, byte[] y) =>
        new(
            ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = x, Y = y },
                }
            )
        )
        {
            KeyId = id,
        };

    /// <summary>
    /// The usable keys of a JWKS (RFC 7517): kty EC, crv P-256, meant for signatures by ES256. Others are passed over.
    /// </summary>
    /// <exception cref="JsonException">Not a JWKS.</exception>
    internal static IReadOnlyList<SecurityKey> Read(ReadOnlyMemory<byte> jwks)
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

        return [.. list.EnumerateArray().Select(Read).OfType<SecurityKey>()];
    }

    private static ECDsaSecurityKey? Read(JsonElement key)
    {
        if (
            key.ValueKind != JsonValueKind.Object
            || Text(key, "kty") != "EC"
            || Text(key, "crv") != "P-256"
            || Text(key, "use") is not (null or "sig")
            || Text(key, "alg") is not (null or "ES256")
            || Text(key, "kid") is not { Length: > 0 } id
            || TokenForm.Decode(Text(key, "x")) is not { Length: 32 } x
            || TokenForm.Decode(Text(key, "y")) is not { Length: 32 } y
        )
        {
            return null;
        }

        try
        {
            return Key(id, x, y);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>The issuer's keys cannot be fetched: the token is neither good nor bad, and the request is refused (503).</summary>
public sealed class KeysUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
