using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Identity.Addresses;

/// <summary>What an address must be, and the form under which it is kept.</summary>
internal static class AddressRules
{
    public static Validation Check(NewAddress body)
    {
        var v = new Validation();
        v.Text("label", body.Label, max: 30);
        v.Text("recipient", body.Recipient, max: 50);
        v.Phone("phone", body.Phone);
        v.PostalCode("postalCode", body.PostalCode);
        v.Text("line1", body.Line1, max: 200);
        v.OptionalText("line2", body.Line2, max: 200);
        return v;
    }

    public static SavedAddress Trimmed(Guid id, NewAddress body) =>
        new(
            id,
            body.Label.Trim(),
            body.Recipient.Trim(),
            body.Phone.Trim(),
            body.PostalCode.Trim(),
            body.Line1.Trim(),
            string.IsNullOrWhiteSpace(body.Line2) ? null : body.Line2.Trim(),
            body.IsDefault
        );
}
