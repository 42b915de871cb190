using System.Buffers;
using System.Buffers.Text;

namespace Commerce.ServiceDefaults;

/// <summary>Base64url as RFC 7515 has it: no padding, no white space, no stray bits, so that one value has one spelling.</summary>
internal static class Base64UrlStrict
{
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
}
