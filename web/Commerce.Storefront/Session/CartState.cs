using Commerce.Contracts.Api;
using Commerce.Storefront.Api;

namespace Commerce.Storefront.Session;

/// <summary>The cart as this circuit last saw it, for the count in the header and the cart page alike.</summary>
public sealed class CartState(OrderApi orders)
{
    /// <summary>Null while it is not known, also when the order service is away.</summary>
    public Cart? Cart { get; private set; }

    /// <summary>Different fruits in the cart.</summary>
    public int Count => Cart?.Items.Count ?? 0;

    public event EventHandler? Changed;

    public async Task<Cart> LoadAsync(CancellationToken cancellationToken = default) =>
        Set(await orders.CartAsync(cancellationToken));

    /// <summary>Adds to what is already in the cart, up to 99 boxes.</summary>
    public async Task<Cart> AddAsync(Guid fruitId, int quantity)
    {
        var cart = await orders.CartAsync();
        var present = cart.Items.FirstOrDefault(i => i.FruitId == fruitId)?.Quantity ?? 0;
        // Whoever adds a box has its price before their eyes.
        return Set(await orders.PutInCartAsync(fruitId, Math.Clamp(present + quantity, 1, 99), priceSeen: true));
    }

    /// <summary>Puts the boxes of an order in again and answers those that cannot be had any more.</summary>
    public async Task<IReadOnlyList<OrderItem>> AddAgainAsync(IEnumerable<OrderItem> items)
    {
        var missing = new List<OrderItem>();
        foreach (var item in items)
        {
            try
            {
                await AddAsync(item.FruitId, item.Quantity);
            }
            catch (ApiException e) when (e.ErrorKind is ApiErrorKind.NotFound or ApiErrorKind.Invalid)
            {
                missing.Add(item);
            }
        }

        return missing;
    }

    public async Task<Cart> PutAsync(Guid fruitId, int quantity, bool priceSeen = false) =>
        Set(await orders.PutInCartAsync(fruitId, Math.Clamp(quantity, 1, 99), priceSeen));

    public async Task<Cart> RemoveAsync(Guid fruitId) => Set(await orders.RemoveFromCartAsync(fruitId));

    /// <summary>What prerendering already fetched.</summary>
    public Cart Set(Cart cart)
    {
        Cart = cart;
        Changed?.Invoke(this, EventArgs.Empty);
        return cart;
    }
}
