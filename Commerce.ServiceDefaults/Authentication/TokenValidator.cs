using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Commerce.ServiceDefaults;

/// <summary>What tokens have to say; from <c>Authentication:*</c>.</summary>
internal sealed class TokenSettings
{
    public string Issuer { get; set; } = "commerce";
    public string Audience { get; set; } = "commerce";
}

/// <summary>Either <paramref name="Identity"/>, or why not (in words that may leave the house).</summary>
internal readonly record struct TokenResult(ClaimsIdentity? Identity, string? Error);

/// <summary>
/// Checks access tokens: compact JWS (RFC 7515), ES256 and nothing else, key by <c>kid</c>, then <c>iss aud exp nbf sub</c>
/// (RFC 7519) with 30 s of clock skew. The token chooses neither algorithm nor key: <c>jku jwk x5u crit</c> are not read
/// or refused.
/// </summary>
internal sealed class TokenValidator(ITokenKeys keys, TokenSettings settings, TimeProvider time)
{
    public const string Scheme = "Bearer";
    private const int MaxLength = 4096;
    private const int MaxCached = 10_000;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CacheFor = TimeSpan.FromMinutes(1);

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    // By SHA-256 of the whole token, so a token that differs in one bit is another one. An entry is used for a minute at
    // most: a key that the issuer has withdrawn stops working as soon as that.
    private readonly ConcurrentDictionary<string, Checked> _cache = new(StringComparer.Ordinal);

    /// <exception cref="KeysUnavailableException">The issuer's keys cannot be had.</exception>
    public async ValueTask<TokenResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength)
        {
            return Bad("The token is too long.");
        }

        var now = time.GetUtcNow();
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_cache.TryGetValue(hash, out var known) && now < known.Until)
        {
            return new TokenResult(known.Identity.Clone(), Error: null);
        }

        if (Split(token) is not { } parts)
        {
            return Bad("The token is malformed.");
        }

        if (ReadHeader(parts.Header) is not { } keyId)
        {
            return Bad("The token is not signed with ES256 by a named key.");
        }

        if (await keys.FindAsync(keyId, cancellationToken) is not { } key)
        {
            return Bad("The token's key is unknown.");
        }

        if (!key.Verify(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), parts.Signature))
        {
            return Bad("The token's signature is wrong.");
        }

        return Accept(parts.Payload, hash, now);
    }

    private TokenResult Accept(byte[] payload, string hash, DateTimeOffset now)
    {
        var result = ReadClaims(payload, now, out var expires);
        if (result.Identity is { } identity)
        {
            if (_cache.Count >= MaxCached)
            {
                _cache.Clear();
            }

            var until = expires + Skew < now + CacheFor ? expires + Skew : now + CacheFor;
            _cache[hash] = new Checked(identity.Clone(), until);
        }

        return result;
    }

    private static (byte[] Header, byte[] Payload, byte[] Signature)? Split(string token)
    {
        var segments = token.Split('.');
        return
            segments.Length == 3
            && Base64UrlStrict.Decode(segments[0]) is { } header
            && Base64UrlStrict.Decode(segments[1]) is { } payload
            && Base64UrlStrict.Decode(segments[2]) is { } signature
            ? (header, payload, signature)
            : null;
    }

    /// <summary>The key's id, when the header is one that we issue.</summary>
    private static string? ReadHeader(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var header = document.RootElement;
            return
                header.ValueKind == JsonValueKind.Object
                && Text(header, "alg") == "ES256"
                && !header.TryGetProperty("crit", out _)
                && Text(header, "kid") is { Length: > 0 and <= 128 } keyId
                ? keyId
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TokenResult ReadClaims(byte[] json, DateTimeOffset now, out DateTimeOffset expires)
    {
        expires = default;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var claims = document.RootElement;
            if (claims.ValueKind != JsonValueKind.Object || Time(claims, "exp") is not { } exp)
            {
                return Bad("The token is malformed.");
            }

            expires = exp;
            if (now >= exp + Skew)
            {
                return Bad("The token has expired.");
            }

            if (claims.TryGetProperty("nbf", out _) && !(Time(claims, "nbf") is { } nbf && now >= nbf - Skew))
            {
                return Bad("The token is not valid yet.");
            }

            if (
                Text(claims, "iss") != settings.Issuer
                || !Values(claims, "aud").Contains(settings.Audience, StringComparer.Ordinal)
            )
            {
                return Bad("The token is not for this shop.");
            }

            return Guid.TryParseExact(Text(claims, "sub"), "D", out var subject)
                ? new TokenResult(Identity(subject, claims), Error: null)
                : Bad("The token is malformed.");
        }
        catch (JsonException)
        {
            return Bad("The token is malformed.");
        }
    }

    private static ClaimsIdentity Identity(Guid subject, JsonElement claims)
    {
        var identity = new ClaimsIdentity(Scheme, "name", "role");
        identity.AddClaim(new Claim("sub", subject.ToString()));
        foreach (var role in Values(claims, "role"))
        {
            identity.AddClaim(new Claim("role", role));
        }

        if (Text(claims, "name") is { } name)
        {
            identity.AddClaim(new Claim("name", name));
        }

        if (claims.TryGetProperty("approved", out var approved) && approved.ValueKind == JsonValueKind.True)
        {
            identity.AddClaim(new Claim("approved", "true"));
        }

        return identity;
    }

    private static TokenResult Bad(string error) => new(Identity: null, error);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Values(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
        : [];

    /// <summary>NumericDate: seconds since 1970; fractions are allowed, nonsense is not.</summary>
    private static DateTimeOffset? Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private sealed record Checked(ClaimsIdentity Identity, DateTimeOffset Until);
}
