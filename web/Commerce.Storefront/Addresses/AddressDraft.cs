using System.Text.RegularExpressions;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Addresses;

/// <summary>A shipping address as it is being typed, and the rules of Order for it, told before anything is sent.</summary>
public sealed partial class AddressDraft
{
    public string Recipient { get; set; } = "";
    public string Phone { get; set; } = "";
    public string PostalCode { get; set; } = "";
    public string Line1 { get; set; } = "";
    public string Line2 { get; set; } = "";

    public static AddressDraft Of(SavedAddress saved) =>
        new()
        {
            Recipient = saved.Recipient,
            Phone = saved.Phone,
            PostalCode = saved.PostalCode,
            Line1 = saved.Line1,
            Line2 = saved.Line2 ?? "",
        };

    /// <summary>Field name (as in the request) → text key of what is wrong with it.</summary>
    public Dictionary<string, string> Check()
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Recipient.Trim().Length is 0 or > 50)
        {
            errors["recipient"] = "address.error.recipient";
        }

        if (!PhoneFormat().IsMatch(NormalPhone(Phone)))
        {
            errors["phone"] = "address.error.phone";
        }

        if (!PostalCodeFormat().IsMatch(PostalCode.Trim()))
        {
            errors["postalCode"] = "address.error.postalCode";
        }

        if (Line1.Trim().Length is 0 or > 200)
        {
            errors["line1"] = "address.error.line1";
        }

        if (Line2.Trim().Length > 200)
        {
            errors["line2"] = "address.error.line2";
        }

        return errors;
    }

    public ShippingAddress ToAddress() =>
        new(
            Recipient.Trim(),
            NormalPhone(Phone),
            PostalCode.Trim(),
            Line1.Trim(),
            string.IsNullOrWhiteSpace(Line2) ? null : Line2.Trim()
        );

    /// <summary><c>01012345678</c> and <c>010 1234 5678</c> become <c>010-1234-5678</c>; anything else stays as typed.</summary>
    public static string NormalPhone(string phone)
    {
        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return digits switch
        {
            ['0', '5', '0', ..] and { Length: 12 } => $"{digits[..4]}-{digits[4..8]}-{digits[8..]}",
            { Length: 11 } => $"{digits[..3]}-{digits[3..7]}-{digits[7..]}",
            ['0', '2', ..] and { Length: 9 } => $"02-{digits[2..5]}-{digits[5..]}",
            ['0', '2', ..] and { Length: 10 } => $"02-{digits[2..6]}-{digits[6..]}",
            { Length: 10 } => $"{digits[..3]}-{digits[3..6]}-{digits[6..]}",
            _ => phone.Trim(),
        };
    }

    [GeneratedRegex(@"^0[0-9]{1,3}-?[0-9]{3,4}-?[0-9]{4}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PhoneFormat();

    [GeneratedRegex(@"^[0-9]{5}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PostalCodeFormat();
}
