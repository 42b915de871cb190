using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Hosting;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shop;

/// <summary>A fruit with everything a buyer has to know. The stock left is live.</summary>
public sealed partial class FruitPage : IDisposable
{
    private int _quantity = 1;
    private int _available;
    private bool _adding;
    private string? _added;
    private IDisposable? _watch;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    [PersistentState]
    public Loaded<Fruit>? Source { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (Source?.Value?.Id != Id)
        {
            Source = null;
            (_quantity, _added) = (1, null);
            await LoadAsync();
        }

        _available = Source?.Value?.Available ?? 0;
        if (Source?.Trouble is ApiTrouble.NotFound)
        {
            Navigation.NotFound();
        }
        else if (RendererInfo.IsInteractive)
        {
            _watch?.Dispose();
            _watch = Live.Watch(LiveUpdates.Stock, Id, OnStock);
        }
    }

    public void Dispose() => _watch?.Dispose();

    private async Task LoadAsync()
    {
        Source = await Loaded.From(Catalog.FruitAsync(Id));
        _available = Source.Value?.Available ?? 0;
    }

    private bool CanBuy(Fruit fruit) => fruit.ForSale && _available > 0;

    private void OnStock(string available)
    {
        if (int.TryParse(available, CultureInfo.InvariantCulture, out var left))
        {
            _ = InvokeAsync(() =>
            {
                _available = left;
                StateHasChanged();
            });
        }
    }

    private async Task AddAsync(Fruit fruit)
    {
        using var click = StorefrontTelemetry.Click("add to cart");
        (_adding, _added) = (true, null);
        try
        {
            await Cart.AddAsync(fruit.Id, _quantity);
            _added = T["fruit.added", fruit.DisplayName(), _quantity];
        }
        catch (ApiException e)
        {
            _added = T[$"trouble.{e.Trouble}.text"];
        }
        finally
        {
            _adding = false;
        }
    }

    private static string MonthName(int month) =>
        Cultures.IsKorean ? $"{month}월" : CultureInfo.GetCultureInfo("en-US").DateTimeFormat.GetMonthName(month);
}
