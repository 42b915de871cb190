using System.Globalization;
using System.Text;

namespace Commerce.Storefront.Api;

/// <summary>Relative addresses with a query; values that are null or empty are left out, all others escaped.</summary>
internal static class Address
{
    public static string Of(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        var address = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            var text = value switch
            {
                null => null,
                bool b => b ? "true" : "false",
                IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
            if (!string.IsNullOrEmpty(text))
            {
                address.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(text));
                separator = '&';
            }
        }

        return address.ToString();
    }

    /// <summary>
    /// The address if it stays in this shop (<c>/orders?page=2</c>), else <c>/</c>: a sign-in link must not lead elsewhere. What is
    /// not ASCII is escaped, since the header of a redirect carries nothing else.
    /// </summary>
    public static string LocalOrHome(string? address) =>
        address is ['/', ..]
        && !address.StartsWith("//", StringComparison.Ordinal)
        && !address.Contains('\\', StringComparison.Ordinal)
        && !address.Any(char.IsControl)
            ? string.Concat(address.EnumerateRunes().Select(Escaped))
            : "/";

    private static string Escaped(Rune rune) =>
        rune is { IsAscii: true, Value: > ' ' } ? rune.ToString() : Uri.EscapeDataString(rune.ToString());
}
