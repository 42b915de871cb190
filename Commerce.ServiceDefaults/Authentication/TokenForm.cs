using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Commerce.ServiceDefaults.Authentication;

/// <summary>
/// The form of a token, before JwtBearer reads it: where its library is generous, a token could have several spellings or two
/// meanings. Compact JWS (RFC 7515) of at most 4 KiB, strict base64url, JSON without duplicate names, <c>alg</c> ES256, a
/// named key, nothing <c>crit</c>, times that are numbers, an account's id as <c>sub</c>. Signature, issuer, audience and
/// clock are the library's.
/// </summary>
internal static class TokenForm
{
    private const int MaxLength = 4096;

    /// <summary>The last second of the year 9999.</summary>
    private const double EndOfTime = 253_402_300_799;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>Either the id of the key that the token names, or what is wrong (in words that may leave the house).</summary>
    public static (string? KeyId, string? Error) Check(string token)
    {
        if (token.Length > MaxLength)
        {
            return (null, "The token is too long.");
        }

        var parts = token.Split('.');
        if (
            parts.Length != 3
            || Decode(parts[0]) is not { } header
            || Decode(parts[1]) is not { } payload
            || Decode(parts[2]) is null
        )
        {
            return (null, "The token is malformed.");
        }

        try
        {
            return KeyIdOf(header) is not { } keyId ? (null, "The token is not signed with ES256 by a named key.")
                : HasOurClaims(payload) ? (keyId, null)
                : (null, "The token is malformed.");
        }
        catch (JsonException)
        {
            return (null, "The token is malformed.");
        }
    }

    /// <summary>
    /// Base64url as RFC 7515 has it: no padding, no white space, no stray bits, so that one value has one spelling. Null for
    /// anything else, also for nothing.
    /// </summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            // The framework's decoder passes over white space and padding.
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return null;
            }
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return
            Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            && written > 0
            && Base64Url.EncodeToString(bytes.AsSpan(0, written)).AsSpan().SequenceEqual(text)
            ? bytes[..written]
            : null;
    }

    private static string? KeyIdOf(byte[] json)
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

    private static bool HasOurClaims(byte[] json)
    {
        using var document = JsonDocument.Parse(json, Strict);
        var claims = document.RootElement;
        return claims.ValueKind == JsonValueKind.Object
            && claims.TryGetProperty("exp", out var expires)
            && IsTime(expires)
            && (!claims.TryGetProperty("nbf", out var notBefore) || IsTime(notBefore))
            && Guid.TryParseExact(Text(claims, "sub"), "D", out _);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>NumericDate (RFC 7519): seconds since 1970; fractions are allowed, nonsense is not.</summary>
    private static bool IsTime(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds is >= 0 and <= EndOfTime;
}
