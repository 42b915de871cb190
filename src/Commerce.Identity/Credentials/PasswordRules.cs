using System.Text;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Identity.Credentials;

/// <summary>Length counts, composition does not (NIST SP 800-63B): 8 to 128 characters, and nothing everybody tries first.</summary>
internal static class PasswordRules
{
    private static readonly HashSet<string> TriedFirst = new(StringComparer.OrdinalIgnoreCase)
    {
        "password",
        "password1",
        "password123",
        "passw0rd",
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11111111",
        "00000000",
        "qwertyui",
        "qwerty123",
        "qwertyuiop",
        "asdfghjkl",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "iloveyou",
        "abcd1234",
        "abc12345",
        "aa123456",
        "football",
        "baseball",
        "superman",
        "princess",
        "sunshine",
    };

    public static void Check(Validation v, string password, string email, string field = "password")
    {
        if (
            v.Check(field, password.Length is >= 8 and <= 128, "must have 8 to 128 characters")
            && v.Check(field, IsWellFormed(password), "contains characters that no keyboard gives")
        )
        {
            var easy = TriedFirst.Contains(password) || password.Distinct().Take(2).Count() == 1;
            v.Check(field, !easy, "is one of those that are tried first");
            v.Check(
                field,
                !string.Equals(password, email, StringComparison.OrdinalIgnoreCase),
                "must not be the e-mail address"
            );
        }
    }

    /// <summary>Half a surrogate pair has no UTF-8, and U+FFFE has no normal form: neither can be hashed.</summary>
    public static bool IsWellFormed(string password) =>
        !password.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || rune.Value == 0xFFFE);
}
