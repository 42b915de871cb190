using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shop;

/// <summary>The cart by farm. Prices and stock are live: what changed since a box was put in is said before anybody pays.</summary>
public sealed partial class CartPage
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Distrust = TimeSpan.FromSeconds(30);

    /// <summary>Taken out while the page is open; each may come back.</summary>
    private readonly Dictionary<Guid, CartLineView> _removed = [];
    private readonly Dictionary<Guid, int> _wanted = [];
    private readonly Dictionary<Guid, (IDisposable Stock, IDisposable Price)> _watches = [];
    private long _readAt;

    /// <summary>Ends when the change before has ended: a cart that comes back is never older than the one on the screen.</summary>
    private Task _turn = Task.CompletedTask;
    private int _changes;
    private Guid? _back;
    private string? _said;
    private string? _trouble;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private CartReader Reader { get; set; } = null!;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <summary>How many fruits of a repeated order cannot be had any more.</summary>
    [SupplyParameterFromQuery]
    public int? Missing { get; set; }

    [PersistentState]
    public ApiResult<CartView>? Source { get; set; }

    [PersistentState]
    public ApiResult<IReadOnlyList<FruitTile>>? Suggestions { get; set; }

    private bool Sending => !_turn.IsCompleted;

    protected override async Task OnInitializedAsync()
    {
        if (Source is null)
        {
            await LoadAsync();
        }

        if (Source?.Value is { Cart.Items.Count: 0 } && Suggestions is null)
        {
            await SuggestAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _readAt = Time.GetTimestamp();
            _ = TickEveryAsync(Tick);
        }

        Watch();
    }

    protected override Task TickAsync() =>
        !Sending && (!Live.IsLive || Time.GetElapsedTime(_readAt) > Distrust) ? RefreshAsync() : Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        foreach (var (stock, price) in _watches.Values)
        {
            stock.Dispose();
            price.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task LoadAsync()
    {
        Source = await Reader.ReadAsync(Gone);
        _readAt = Time.GetTimestamp();
    }

    private async Task SuggestAsync()
    {
        var best = await ApiResult.From(Catalog.BestsellersAsync(4, Gone));
        Suggestions = new(best.Value is null ? null : FruitTile.From(best.Value), best.ErrorKind);
    }

    /// <summary>Reads again; what is on the screen stays there while a service is away for a moment.</summary>
    private async Task RefreshAsync()
    {
        var changes = _changes;
        var read = await Reader.ReadAsync(Gone);
        _readAt = Time.GetTimestamp();
        // A cart that was read before a change would take the change back.
        if (read.Value is { } look && !Sending && changes == _changes)
        {
            var stock = look.Stock ?? Source?.Value?.Stock;
            Source = new(look with { Stock = stock }, null);
        }
    }

    private void Watch()
    {
        foreach (var item in Source?.Value?.Cart.Items ?? [])
        {
            if (!_watches.ContainsKey(item.FruitId))
            {
                _watches[item.FruitId] = (
                    Live.Watch(LiveChannels.Stock, item.FruitId, left => OnStock(item.FruitId, left)),
                    Live.Watch(LiveChannels.Fruits, item.FruitId, _ => OnPrice())
                );
            }
        }
    }

    private void OnStock(Guid fruitId, string left)
    {
        if (int.TryParse(left, CultureInfo.InvariantCulture, out var available))
        {
            _ = InvokeAsync(() =>
            {
                Source = Source?.Value is { } look ? new(look.WithStock(fruitId, available), null) : Source;
                StateHasChanged();
            });
        }
    }

    private void OnPrice() =>
        _ = InvokeAsync(async () =>
        {
            await RefreshAsync();
            StateHasChanged();
        });

    /// <summary>What is in the cart, and what was taken out a moment ago, where it was.</summary>
    private IReadOnlyList<CartFarm> Farms(CartView look)
    {
        var there = look.Boxes.Where(box => !_removed.ContainsKey(box.Item.FruitId));
        var all = there
            .Concat(_removed.Values)
            .OrderBy(box => box.Item.Name, StringComparer.Ordinal)
            .ThenBy(box => box.Item.FruitId)
            .ToList();
        return new CartView(
            new([.. all.Select(box => box.Item)], 0),
            [.. all.Select(box => box.Stock).OfType<StockInfo>()]
        ).Farms;
    }

    /// <summary>Shown at once; sent one after the other, and of many steps on one fruit only the last.</summary>
    private Task SetQuantityAsync(CartItem item, int quantity)
    {
        _wanted[item.FruitId] = quantity;
        Source = Source?.Value is { } look ? new(look.WithQuantity(item.FruitId, quantity), null) : Source;
        return Sending ? Task.CompletedTask : SendWantedAsync();
    }

    private Task<bool> SendWantedAsync() =>
        ChangeAsync(async () =>
        {
            var cart = Source!.Value!.Cart;
            while (_wanted.Count > 0)
            {
                var (fruitId, boxes) = _wanted.First();
                _wanted.Remove(fruitId);
                cart = await Cart.PutAsync(fruitId, boxes);
            }

            return cart;
        });

    private async Task RemoveAsync(CartItem item)
    {
        var box = Source?.Value?.Boxes.FirstOrDefault(b => b.Item.FruitId == item.FruitId);
        if (box is not null && await ChangeAsync(() => Cart.RemoveAsync(item.FruitId)))
        {
            _removed[item.FruitId] = box;
            _said = T["cart.removed", item.DisplayName()];
        }
    }

    private async Task UndoAsync(CartItem item)
    {
        if (await ChangeAsync(() => Cart.PutAsync(item.FruitId, item.Quantity)))
        {
            _removed.Remove(item.FruitId);
            _back = item.FruitId;
            _said = T["cart.restored", item.DisplayName()];
        }
    }

    private async Task AcceptPriceAsync(CartItem item)
    {
        _back = item.FruitId;
        await ChangeAsync(() => Cart.PutAsync(item.FruitId, item.Quantity, priceSeen: true));
    }

    /// <summary>One after the other, in the order in which they were asked for.</summary>
    private async Task<bool> ChangeAsync(Func<Task<Cart>> change)
    {
        var (before, mine) = (_turn, new TaskCompletionSource());
        _turn = mine.Task;
        _trouble = null;
        await before;
        var done = false;
        try
        {
            done = await TryAsync(change);
        }
        finally
        {
            _changes++;
            mine.SetResult();
        }

        if (_trouble is not null)
        {
            await RefreshAsync();
        }
        else if (_wanted.Count > 0 && !Sending)
        {
            await SendWantedAsync();
        }

        return done;
    }

    private async Task<bool> TryAsync(Func<Task<Cart>> change)
    {
        try
        {
            var cart = await change();
            var known = Source?.Value?.Stock;
            // A fruit that came in elsewhere has no stock here yet; anything else keeps what it has.
            var look = cart.Items.All(i => known?.Any(s => s.FruitId == i.FruitId) is true)
                ? new CartView(cart, known)
                : await Reader.LookAsync(cart, Gone);
            // What was chosen meanwhile is newer than what was read.
            Source = new(
                _wanted.Aggregate(look, (newest, wanted) => newest.WithQuantity(wanted.Key, wanted.Value)),
                null
            );
            return true;
        }
        catch (ApiException e)
        {
            _wanted.Clear();
            _trouble = T[$"trouble.{e.ErrorKind}.text"];
            return false;
        }
    }
}
