using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Addresses;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Telemetry;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Commerce.Storefront.Shop;

/// <summary>
/// Address, card and the one click that orders. The cart brings the Idempotency-Key, so that a double click, a second tab and
/// a reload in the middle all ask for the same order. While an order's fate is unknown the form is locked and only the same
/// one can be sent again, so that nobody pays twice.
/// </summary>
public sealed partial class Checkout : IDisposable
{
    /// <summary>How the mock provider's tokens begin; empty is paid.</summary>
    private static readonly string[] Scenarios = ["", "decline", "timeout", "slow", "flaky"];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    /// <summary>How often the page asks by itself what became of an order; each time may take 10 s.</summary>
    private const int MostTries = 6;
    private readonly AddressChoice _ship = new();
    private readonly List<IDisposable> _watches = [];
    private ElementReference _form;
    private Attempt? _pending;
    private (long Old, long New)? _newTotal;
    private string _scenario = "";
    private string? _message;
    private bool _showAll;
    private bool _placing;
    private bool _gone;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private CartReader Reader { get; set; } = null!;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private IdentityApi Identity { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IHostEnvironment Environment { get; set; } = null!;

    [PersistentState]
    public ApiResult<CartView>? Source { get; set; }

    [PersistentState]
    public IReadOnlyList<SavedAddress>? AddressBook { get; set; }

    private bool ShowScenarios => Environment.IsDevelopment();

    private bool IsLocked => _placing || _pending is not null || !RendererInfo.IsInteractive;

    public void Dispose()
    {
        _gone = true;
        _watches.ForEach(watch => watch.Dispose());
    }

    protected override async Task OnInitializedAsync()
    {
        _ship.Label = T["checkout.addressLabel"];
        if (Source is null)
        {
            await LoadAsync();
        }

        _ship.Saved = AddressBook ?? [];
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            // Prices are not live here: the total that was seen is what is agreed to, and Order says when it no longer holds.
            foreach (var id in Source?.Value?.Cart.Items.Select(item => item.FruitId) ?? [])
            {
                _watches.Add(Live.Watch(LiveChannels.Stock, id, left => OnStock(id, left)));
            }
        }
    }

    private async Task LoadAsync()
    {
        var book = ApiResult.From(Identity.AddressesAsync());
        Source = await Reader.ReadAsync();
        // Without the address book one can still type an address.
        AddressBook = (await book).Value ?? [];
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

    private async Task PlaceAsync()
    {
        // What is asked for again may hold the last boxes itself.
        if (_placing || Source?.Value is not { } look || (_pending is null && !look.CanBeOrdered))
        {
            return;
        }

        using var click = StorefrontTelemetry.Click("checkout");
        (_placing, _message) = (true, null);
        try
        {
            _pending ??= await PrepareAsync(look.Cart);
            if (_pending is not null)
            {
                await SendAsync(_pending);
            }
        }
        finally
        {
            _placing = false;
        }
    }

    /// <summary>Null when the form has errors; they are shown then, and the first one has the focus.</summary>
    private async Task<Attempt?> PrepareAsync(Cart cart)
    {
        _showAll = true;
        var token = await Js.InvokeAsync<string?>("commerce.cardToken", _form, _scenario);
        if (!_ship.IsComplete || token is null)
        {
            (_message, _placing) = (T["checkout.incomplete"], false);
            StateHasChanged();
            await Js.InvokeVoidAsync("commerce.focusFirstError");
            return null;
        }

        return new(
            new PlaceOrderRequest(
                [.. cart.Items.Select(i => new PlaceOrderItem(i.FruitId, i.Quantity))],
                _ship.ToAddress(),
                token,
                cart.TotalKrw
            ),
            cart.CheckoutKey ?? Guid.CreateVersion7().ToString()
        );
    }

    private async Task SendAsync(Attempt attempt)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var accepted = await Orders.PlaceAsync(attempt.Order, attempt.Key);
                await KeepAddressAsync(attempt.Order.Address);
                _pending = null;
                Cart.Set(new Cart([], 0));
                // Whoever left meanwhile is not called back: the order is in their list.
                if (!_gone)
                {
                    Navigation.NavigateTo($"/orders/{accepted.OrderId}");
                }

                return;
            }
            catch (ApiException e) when (IsUnknown(e) && tries < MostTries && !_gone)
            {
                // It may have arrived: the same order under the same key can tell.
                _message = T["checkout.confirming"];
                StateHasChanged();
                await Task.Delay(Pause);
            }
            catch (ApiException e)
            {
                await ExplainAsync(e, attempt);
                return;
            }
        }
    }

    private async Task ExplainAsync(ApiException e, Attempt attempt)
    {
        if (IsUnknown(e))
        {
            _message = T["checkout.unknown"];
            return;
        }

        // Refused, and nothing was stored: the next click is a new attempt.
        (_pending, _message) = (null, null);
        if (e.Problem?.More?.TryGetValue("orderId", out var placed) is true && placed.TryGetGuid(out var orderId))
        {
            Navigation.NavigateTo($"/orders/{orderId}?already=true");
        }
        else if (e.Problem?.More?.ContainsKey("totalKrw") is true)
        {
            Source = await Reader.ReadAsync();
            _newTotal = (attempt.Order.ExpectedTotalKrw ?? 0, Source.Value?.Cart.TotalKrw ?? 0);
        }
        else
        {
            _message = e.ErrorKind is ApiErrorKind.Invalid ? T["checkout.refused"] : T[$"trouble.{e.ErrorKind}.text"];
            Source = await Reader.ReadAsync() is { Value: not null } fresh ? fresh : Source;
        }
    }

    private async Task KeepAddressAsync(ShippingAddress address)
    {
        if (_ship is { Keep: true, Chosen: null })
        {
            var label = string.IsNullOrWhiteSpace(_ship.Label) ? T["checkout.addressLabel"].Value : _ship.Label.Trim();
            // The order counts; an address book that is away does not take it back.
            _ = await ApiResult.From(
                Identity.SaveAddressAsync(
                    new(label, address.Recipient, address.Phone, address.PostalCode, address.Line1, address.Line2)
                )
            );
        }
    }

    /// <summary>No answer, or one that says that the first request is still under way.</summary>
    private static bool IsUnknown(ApiException e) =>
        e.ErrorKind is ApiErrorKind.Unavailable
        || (e.ErrorKind is ApiErrorKind.Conflict && e.Problem?.More?.ContainsKey("totalKrw") is not true);

    /// <summary>An order as it was sent, and the key it was sent under.</summary>
    private sealed record Attempt(PlaceOrderRequest Order, string Key);
}
