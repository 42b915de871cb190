using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Telemetry;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shop;

/// <summary>A fruit with everything a buyer has to know. The stock left is live; while Redis is away it is read by the clock.</summary>
public sealed partial class FruitPage : PollingPage
{
    private const int FewLeft = 5;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);

    private int _quantity = 1;
    private int _available;
    private bool _adding;
    private string? _added;
    private IDisposable? _watch;
    private Task? _ticking;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    [PersistentState]
    public ApiResult<Fruit>? Source { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (Source?.Value?.Id != Id)
        {
            Source = null;
            (_quantity, _added) = (1, null);
            await LoadAsync();
        }

        _available = Source?.Value?.Available ?? 0;
        if (Source?.ErrorKind is ApiErrorKind.NotFound)
        {
            Navigation.NotFound();
        }
        else if (RendererInfo.IsInteractive)
        {
            _ticking ??= TickEveryAsync(ReadEvery);
            _watch?.Dispose();
            _watch = Live.Watch(LiveChannels.Stock, Id, OnStock);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task TickAsync()
    {
        if (!Live.IsLive && (await ApiResult.From(Catalog.FruitAsync(Id, Gone))).Value is { } fruit)
        {
            SetAvailable(fruit.Available);
        }
    }

    private async Task LoadAsync()
    {
        Source = await ApiResult.From(Catalog.FruitAsync(Id));
        _available = Source.Value?.Available ?? 0;
    }

    private bool CanBuy(Fruit fruit) => fruit.ForSale && _available > 0;

    private void OnStock(string available)
    {
        if (int.TryParse(available, CultureInfo.InvariantCulture, out var left))
        {
            _ = InvokeAsync(() =>
            {
                SetAvailable(left);
                StateHasChanged();
            });
        }
    }

    private void SetAvailable(int available)
    {
        _available = available;
        _quantity = Math.Clamp(_quantity, 1, Math.Max(1, available));
    }

    private string StockText(Fruit fruit) =>
        !fruit.ForSale ? T["fruit.notForSale"]
        : _available <= 0 ? T["fruit.soldOut"]
        : _available <= FewLeft ? T["fruit.fewLeft", _available]
        : T["fruit.left", _available];

    /// <summary>The first day of the month in which it comes back.</summary>
    private DateOnly NextSeason(Fruit fruit)
    {
        var today = Format.Today(Time);
        return new(fruit.SeasonFrom > today.Month ? today.Year : today.Year + 1, fruit.SeasonFrom, 1);
    }

    private string Summary(Fruit fruit) =>
        T[
            "fruit.summary",
            fruit.Farm.DisplayRegion(),
            fruit.Farm.DisplayName(),
            Format.Short(fruit.Brix),
            Format.Short(fruit.WeightKg),
            Format.Won(fruit.PriceKrw),
            Format.Pick(fruit.Description, fruit.DescriptionEn)
        ];

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
            _added = T[$"trouble.{e.ErrorKind}.text"];
        }
        finally
        {
            _adding = false;
        }
    }
}
