using System.Text.RegularExpressions;
using Commerce.Contracts.Api;
using Commerce.Order.Carts;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Order.Placing;

/// <summary>The checks of a request for an order that need no database.</summary>
internal static partial class PlaceOrderValidation
{
    private const int MostItems = CartLimits.MaxFruits;
    private const int MostBoxes = CartLimits.MaxBoxes;

    /// <summary>Notes what is wrong with <paramref name="body"/>; the result is of use only when nothing is.</summary>
    public static (IReadOnlyDictionary<Guid, int> Boxes, ShippingAddress Address) Check(
        PlaceOrderRequest body,
        Validation validation
    )
    {
        var boxes = CheckItems(body.Items, validation);
        CheckAddress(body.Address, validation);
        validation.Check(
            "paymentToken",
            PaymentToken().IsMatch(body.PaymentToken),
            "must be tok_ and 24 letters or digits"
        );
        return (boxes, Trimmed(body.Address));
    }

    /// <summary>Notes every item of a fruit that cannot be ordered.</summary>
    public static void CheckFruits<TFruit>(
        PlaceOrderRequest request,
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
