using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Hosting;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Commerce.Storefront.Shop;

/// <summary>
/// Address, card and the one click that orders. An order is sent under one Idempotency-Key; while its fate is unknown the form
/// is locked and only the same order can be sent again, so that nobody pays twice.
/// </summary>
public sealed partial class Checkout
{
    /// <summary>How the mock provider's tokens begin; empty is paid.</summary>
    private static readonly string[] Scenarios = ["", "decline", "timeout", "slow", "flaky"];
    private static readonly TimeSpan InFlightPause = TimeSpan.FromSeconds(1);
    private readonly AddressDraft _address = new();
    private Loaded<Cart>? _cart;
    private IReadOnlyList<SavedAddress> _saved = [];
    private IReadOnlyCollection<string> _cardErrors = [];
    private ElementReference _form;
    private Attempt? _pending;
    private string _scenario = "";
    private string? _message;
    private bool _keepAddress;
    private bool _showAll;
    private bool _placing;

    [Inject]
    private CartState Cart { get; set; } = null!;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private IdentityApi Identity { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IHostEnvironment Environment { get; set; } = null!;

    private bool ShowScenarios => Environment.IsDevelopment();

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        var saved = Loaded.From(Identity.AddressesAsync());
        _cart = await Loaded.From(Cart.LoadAsync());
        // Without the address book one can still type an address.
        _saved = (await saved).Value ?? [];
    }

    private async Task PlaceAsync()
    {
        if (_placing || _cart?.Value is not { Items.Count: > 0 } cart)
        {
            return;
        }

        using var click = StorefrontTelemetry.Click("checkout");
        (_placing, _message) = (true, null);
        try
        {
            _pending ??= await PrepareAsync(cart);
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
        var card = await Js.InvokeAsync<CardResult>("commerce.cardToken", _form, _scenario);
        _cardErrors = card.Errors;
        if (_address.Check().Count > 0 || card.Token is null)
        {
            _message = T["checkout.incomplete"];
            StateHasChanged();
            await Js.InvokeVoidAsync("commerce.focusFirstError");
            return null;
        }

        return new(
            new PlaceOrder(
                [.. cart.Items.Select(i => new PlaceOrderItem(i.FruitId, i.Quantity))],
                _address.ToAddress(),
                card.Token,
                cart.TotalKrw
            ),
            Guid.CreateVersion7().ToString()
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
                Navigation.NavigateTo($"/orders/{accepted.OrderId}");
                return;
            }
            catch (ApiException e) when (IsInFlight(e) && tries < 10)
            {
                await Task.Delay(InFlightPause);
            }
            catch (ApiException e)
            {
                await ExplainAsync(e);
                return;
            }
        }
    }

    private async Task ExplainAsync(ApiException e)
    {
        if (e.Trouble is ApiTrouble.Unavailable || IsInFlight(e))
        {
            // It may have arrived: only the same order under the same key can tell.
            _message = T["checkout.unknown"];
            return;
        }

        // Refused, and nothing was stored: the next click is a new order.
        _pending = null;
        if (e.Trouble is ApiTrouble.Conflict && e.Problem?.More?.ContainsKey("totalKrw") is true)
        {
            _cart = await Loaded.From(Cart.LoadAsync());
            _message = T["checkout.totalChanged", Format.Won(_cart.Value?.TotalKrw ?? 0)];
        }
        else
        {
            _message = e.Trouble is ApiTrouble.Invalid ? T["checkout.refused"] : T[$"trouble.{e.Trouble}.text"];
        }
    }

    private async Task KeepAddressAsync(ShippingAddress address)
    {
        if (_keepAddress)
        {
            // The order counts; an address book that is away does not take it back.
            _ = await Loaded.From(
                Identity.SaveAddressAsync(
                    new(
                        T["checkout.addressLabel"],
                        address.Recipient,
                        address.Phone,
                        address.PostalCode,
                        address.Line1,
                        address.Line2
                    )
                )
            );
        }
    }

    private static bool IsInFlight(ApiException e) =>
        e.Trouble is ApiTrouble.Conflict && e.Problem?.More?.ContainsKey("totalKrw") is not true;

    /// <summary>An order as it was sent, and the key it was sent under.</summary>
    private sealed record Attempt(PlaceOrder Order, string Key);

    /// <summary>What the card form made: a token, or the fields that are wrong.</summary>
    private sealed record CardResult(string? Token, IReadOnlyList<string> Errors);
}
