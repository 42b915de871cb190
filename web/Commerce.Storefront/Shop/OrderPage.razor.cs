using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shop;

/// <summary>An order, live: what happens to it is on the page within a second.</summary>
public sealed partial class OrderPage
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Distrust = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(6);
    private IDisposable? _watch;
    private long _readAt;
    private bool _reading;
    private bool _stale;
    private bool _cartRead;
    private bool _ordering;
    private string? _message;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Somebody tried to order this cart a second time.</summary>
    [SupplyParameterFromQuery]
    public bool Already { get; set; }

    [PersistentState]
    public ApiResult<OrderDetails>? Source { get; set; }

    // Payments take a second or two; the card company that takes longer is asked again and again.
    private bool IsSlow =>
        Source?.Value is { Status: OrderStatus.Placed or OrderStatus.StockReserved } order
        && Time.GetUtcNow() - order.PlacedAt > Usual;

    // Nothing more will happen to it.
    private bool IsOver => Source?.Value is { Status: OrderStatus.Delivered or OrderStatus.Rejected };

    protected override async Task OnParametersSetAsync()
    {
        if (Source?.Value?.Id != Id)
        {
            Source = null;
            await LoadAsync();
        }

        if (Source?.ErrorKind is ApiErrorKind.NotFound)
        {
            Navigation.NotFound();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watch = Live.Watch(LiveChannels.Orders, Id, _ => Reread());
            _ = TickEveryAsync(Tick);
            // Between prerendering and here something may have happened already.
            Reread();
        }
    }

    private void Reread() =>
        _ = InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        });

    /// <summary>Without live hints the clock does it; with them it only makes sure that none was missed.</summary>
    protected override Task TickAsync() =>
        !IsOver && (!Live.IsLive || Time.GetElapsedTime(_readAt) > Distrust) ? LoadAsync() : Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }

    private async Task LoadAsync()
    {
        // Hints come in bursts: while one read is under way, any number of them is one more read.
        if (_reading)
        {
            _stale = true;
            return;
        }

        _reading = true;
        try
        {
            do
            {
                _stale = false;
                var read = await ApiResult.From(Orders.OrderAsync(Id, Gone));
                // What is on the screen stays there while the service is away for a moment.
                Source = read.Value is null && Source?.Value is not null ? Source : read;
                _readAt = Time.GetTimestamp();
                if (read.Value is { Status: OrderStatus.Rejected or OrderStatus.Cancelled } && !_cartRead)
                {
                    // What was not bought is in the cart again.
                    _cartRead = true;
                    _ = await ApiResult.From(Cart.LoadAsync(Gone));
                }
            } while (_stale);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        finally
        {
            _reading = false;
        }
    }

    private async Task ReorderAsync()
    {
        (_ordering, _message) = (true, null);
        try
        {
            var missing = await Cart.AddAgainAsync(Source!.Value!.Items);
            Navigation.NavigateTo(Address.Of("/cart", ("missing", missing.Count > 0 ? missing.Count : null)));
        }
        catch (ApiException e)
        {
            _message = T[$"trouble.{e.ErrorKind}.text"];
        }
        finally
        {
            _ordering = false;
        }
    }
}
