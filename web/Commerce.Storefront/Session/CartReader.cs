using System.Text.Json.Serialization;
using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Text;

namespace Commerce.Storefront.Session;

/// <summary>What Catalog knows of a fruit in a cart: boxes left, day of shipping, the farm's name in the visitor's language.</summary>
public sealed record StockInfo(Guid FruitId, int Available, DateOnly ShipsBy, string FarmName);

/// <summary>A line of a cart with its stock, as far as that is known.</summary>
public sealed record CartLineView(CartItem Item, StockInfo? Stock)
{
    public bool IsSoldOut => Stock is { Available: <= 0 };

    /// <summary>More boxes in the cart than there are; to be reduced, while there are any.</summary>
    public bool IsTooMany => Stock is { Available: > 0 } && Item.Quantity > Stock.Available;

    public bool CanBeOrdered => Item.ForSale && !IsSoldOut && !IsTooMany;

    public bool PriceChanged => Item.SeenPriceKrw is { } seen && seen != Item.UnitPriceKrw;

    public long TotalKrw => Item.UnitPriceKrw * Item.Quantity;
}

/// <summary>The boxes that come from one farm, and so in one parcel.</summary>
public sealed record CartFarm(Guid Id, string Name, DateOnly? ShipsBy, IReadOnlyList<CartLineView> Boxes);

/// <summary>A cart as the cart page and the checkout show it. <paramref name="Stock"/> null: Catalog is away, and nothing is said about stock.</summary>
public sealed record CartView(Cart Cart, IReadOnlyList<StockInfo>? Stock)
{
    /// <summary>By farm, in the order of the cart.</summary>
    [JsonIgnore]
    public IReadOnlyList<CartFarm> Farms =>
        [
            .. Boxes
                .GroupBy(box => (box.Item.FarmId, box.Item.FarmName))
                .Select(farm => new CartFarm(
                    farm.Key.FarmId,
                    farm.Select(box => box.Stock?.FarmName).FirstOrDefault(name => name is not null)
                        ?? farm.Key.FarmName,
                    farm.Max(box => box.Stock?.ShipsBy),
                    [.. farm]
                )),
        ];

    [JsonIgnore]
    public IEnumerable<CartLineView> Boxes =>
        Cart.Items.Select(item => new CartLineView(
            item,
            Stock?.FirstOrDefault(stock => stock.FruitId == item.FruitId)
        ));

    [JsonIgnore]
    public bool CanBeOrdered => Cart.Items.Count > 0 && Boxes.All(box => box.CanBeOrdered);

    /// <summary>The same cart after a hint about one fruit.</summary>
    public CartView WithStock(Guid fruitId, int available) =>
        this with
        {
            Stock = Stock?.Select(s => s.FruitId == fruitId ? s with { Available = available } : s).ToList(),
        };

    /// <summary>The same cart with another number of boxes, before the service has answered.</summary>
    public CartView WithQuantity(Guid fruitId, int quantity)
    {
        var items = Cart.Items.Select(i => i.FruitId == fruitId ? i with { Quantity = quantity } : i).ToList();
        return this with
        {
            Cart = Cart with
            {
                Items = items,
                TotalKrw = items.Where(i => i.ForSale).Sum(i => i.Quantity * i.UnitPriceKrw),
            },
        };
    }
}

/// <summary>Reads the cart from Order and its stock from Catalog.</summary>
public sealed class CartReader(CartState cart, CatalogApi catalog)
{
    /// <summary>The cart is what the page is about; without Catalog it is shown without its stock.</summary>
    public async Task<ApiResult<CartView>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var loaded = await ApiResult.From(cart.LoadAsync(cancellationToken));
        return loaded.Value is { } found
            ? new(await LookAsync(found, cancellationToken), null)
            : new(null, loaded.ErrorKind);
    }

    public async Task<CartView> LookAsync(Cart found, CancellationToken cancellationToken = default)
    {
        if (found.Items.Count == 0)
        {
            return new(found, []);
        }

        var fruits = await ApiResult.From(catalog.LookUpAsync(found.Items.Select(i => i.FruitId), cancellationToken));
        return new(
            found,
            fruits.Value?.Select(f => new StockInfo(f.Id, f.Available, f.ShipsBy, f.Farm.DisplayName())).ToList()
        );
    }
}
