using System.Text.RegularExpressions;
using Commerce.Contracts.Api;
using Commerce.Order.Carts;
using Commerce.ServiceDefaults;

namespace Commerce.Order.Placing;

/// <summary>A request that passed every check that needs no database: duplicates merged, texts trimmed.</summary>
/// <param name="Boxes">Boxes by fruit, 1–99 each, 1–50 fruits, in the order in which the shopper listed them.</param>
internal sealed record ValidOrder(IReadOnlyDictionary<Guid, int> Boxes, ShippingAddress Address);

internal static partial class PlaceOrderValidation
{
    private const int MostItems = CartStore.MostFruits;
    private const int MostBoxes = CartStore.MostBoxes;

    /// <summary>Checks <paramref name="request"/> and notes what is wrong with it; null when anything is.</summary>
    public static ValidOrder? Check(PlaceOrder request, Validation validation)
    {
        var boxes = CheckItems(request.Items, validation);
        CheckAddress(request.Address, validation);
        validation.Check(
            "paymentToken",
            PaymentToken().IsMatch(request.PaymentToken),
            "must be tok_ and 24 letters or digits"
        );
        return validation.Failed ? null : new ValidOrder(boxes, Trimmed(request.Address));
    }

    /// <summary>Notes every item of a fruit that cannot be ordered.</summary>
    public static void CheckFruits<TFruit>(
        PlaceOrder request,
        IReadOnlyDictionary<Guid, TFruit> forSale,
        Validation validation
    )
    {
        for (var i = 0; i < request.Items.Count; i++)
        {
            validation.Check(
                $"items[{i}].fruitId",
                forSale.ContainsKey(request.Items[i].FruitId),
                "is not a fruit that is for sale"
            );
        }
    }

    private static OrderedDictionary<Guid, int> CheckItems(IReadOnlyList<PlaceOrderItem?> items, Validation validation)
    {
        var boxes = new OrderedDictionary<Guid, int>();
        if (!validation.Check("items", items.Count is >= 1 and <= MostItems, $"must have 1 to {MostItems} items"))
        {
            return boxes;
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (
                !validation.Check($"items[{i}]", items[i] is not null, "is required")
                || !validation.Check(
                    $"items[{i}].quantity",
                    items[i]!.Quantity is >= 1 and <= MostBoxes,
                    $"must be 1 to {MostBoxes}"
                )
            )
            {
                continue;
            }

            var (fruitId, quantity) = items[i]!;
            boxes[fruitId] = boxes.GetValueOrDefault(fruitId) + quantity;
            validation.Check(
                $"items[{i}].quantity",
                boxes[fruitId] <= MostBoxes,
                $"adds up to more than {MostBoxes} boxes of one fruit"
            );
        }

        return boxes;
    }

    private static void CheckAddress(ShippingAddress address, Validation validation)
    {
        validation.Text("address.recipient", address.Recipient, max: 50);
        validation.Phone("address.phone", address.Phone);
        validation.PostalCode("address.postalCode", address.PostalCode);
        validation.Text("address.line1", address.Line1, max: 200);
        validation.OptionalText("address.line2", address.Line2, max: 200);
    }

    private static ShippingAddress Trimmed(ShippingAddress address) =>
        new(
            address.Recipient.Trim(),
            address.Phone.Trim(),
            address.PostalCode.Trim(),
            address.Line1.Trim(),
            string.IsNullOrWhiteSpace(address.Line2) ? null : address.Line2.Trim()
        );

    [GeneratedRegex(@"^tok_[A-Za-z0-9]{24}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PaymentToken();
}
