using Commerce.Contracts.Api;

namespace Commerce.Storefront.Addresses;

/// <summary>Where an order goes: one of the address book, or a new one that may be kept there.</summary>
public sealed class AddressChoice
{
    private IReadOnlyList<SavedAddress> _saved = [];

    /// <summary>The address book; its default is chosen.</summary>
    public IReadOnlyList<SavedAddress> Saved
    {
        get => _saved;
        set
        {
            _saved = value;
            Chosen = value.FirstOrDefault(address => address.IsDefault) ?? (value.Count > 0 ? value[0] : null);
        }
    }

    /// <summary>Null: the new one.</summary>
    public SavedAddress? Chosen { get; set; }

    public AddressDraft New { get; } = new();

    public bool Keep { get; set; }

    /// <summary>Under which name the new one is kept.</summary>
    public string Label { get; set; } = "";

    public string PostalCode => Chosen?.PostalCode ?? New.PostalCode;

    public bool IsComplete => Chosen is not null || New.Check().Count == 0;

    public ShippingAddress ToAddress() =>
        Chosen is { } saved
            ? new(saved.Recipient, saved.Phone, saved.PostalCode, saved.Line1, saved.Line2)
            : New.ToAddress();
}
