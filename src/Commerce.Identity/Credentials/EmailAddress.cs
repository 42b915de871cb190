using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Commerce.Identity.Credentials;

/// <summary>The form under which an e-mail address is kept and found.</summary>
internal static partial class EmailAddress
{
    /// <summary>
    /// Trimmed and in lower case; null when it is none: at most 254 characters, the form of HTML's <c>type=email</c> with a
    /// dot in the domain. Mail servers may tell case apart in theory; people never do.
    /// </summary>
    [SuppressMessage(
        "Globalization",
        "CA1308:Normalize strings to uppercase",
        Justification = "Addresses are ASCII here, and lower case is how they are shown."
    )]
    public static string? Normalize(string email)
    {
        var trimmed = email.Trim();
        return trimmed.Length <= 254 && Form().IsMatch(trimmed) ? trimmed.ToLowerInvariant() : null;
    }

    [GeneratedRegex(
        @"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        100
    )]
    private static partial Regex Form();
}
