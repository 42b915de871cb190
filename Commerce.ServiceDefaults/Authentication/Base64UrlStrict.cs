using System.Buffers.Text;

namespace Commerce.ServiceDefaults;

/// <summary>Base64url as RFC 7515 has it: no padding, no white space, no stray bits, so that one value has one spelling.</summary>
internal static class Base64UrlStrict
{
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return null;
            }
        }

        if (text.IsEmpty || text.Length % 4 == 1)
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes).AsSpan().SequenceEqual(text) ? bytes : null;
    }
}
