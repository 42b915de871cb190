using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Telemetry;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.FarmDesk;

/// <summary>Orders to ship by the day on which they are due, the most urgent first, and all others behind them.</summary>
public sealed partial class FarmOrders
{
    private readonly HashSet<Guid> _marked = [];
    private readonly List<IDisposable> _watched = [];
    private ApiResult<IReadOnlyList<Shipment>>? _shipments;
    private ApiResult<Paged<FarmOrder>>? _orders;
    private ApiResult<HandOver>? _handOver;
    private string? _message;
    private bool _failed;
    private bool _busy;
    private int _done;
    private int _toDo;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private DeliveryApi Deliveries { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "day")]
    public string? DayText { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public string? PageText { get; set; }

    [SupplyParameterFromQuery(Name = "all")]
    public string? AllText { get; set; }

    /// <summary>The day that is shown: the one asked for, else the most urgent one; null shows all orders.</summary>
    private DateOnly? Day { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        _marked.Clear();
        _message = null;
        await TickAsync();
        _handOver ??= await ApiResult.From(Deliveries.HandOverAsync(Gone));
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = TickEveryAsync(TimeSpan.FromSeconds(5));
        }
    }

    protected override void Dispose(bool disposing)
    {
        Unwatch();
        base.Dispose(disposing);
    }

    protected override async Task TickAsync()
    {
        if (_busy)
        {
            return;
        }

        _shipments = await ApiResult.From(Orders.ShipmentsAsync(Gone));
        Day =
            AllText == "true" ? null
            : DateOnly.TryParseExact(
                DayText,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
                ? day
            : _shipments.Value is [var first, ..] ? first.ShipsOn
            : null;
        var page = int.TryParse(PageText, out var number) && number is > 0 and < 10_000 ? number : 1;
        _orders = await ApiResult.From(Orders.FarmOrdersAsync(Day, page, Gone));
        var shown = _orders.Value?.Items ?? [];
        _marked.IntersectWith(shown.Where(order => order.ToShip).Select(order => order.OrderId));
        Watch(shown);
    }

    // An order on the page that changes is read again at once; new ones arrive with the next tick.
    private void Watch(IReadOnlyList<FarmOrder> shown)
    {
        Unwatch();
        if (RendererInfo.IsInteractive && !Gone.IsCancellationRequested)
        {
            _watched.AddRange(
                shown.Select(order =>
                    Live.Watch(LiveChannels.Orders, order.OrderId, message => _ = InvokeAsync(RefreshAsync))
                )
            );
        }
    }

    private async Task RefreshAsync()
    {
        await TickAsync();
        StateHasChanged();
    }

    private void Unwatch()
    {
        _watched.ForEach(watched => watched.Dispose());
        _watched.Clear();
    }

    private void Mark(Guid order, bool marked)
    {
        if (marked)
        {
            _marked.Add(order);
        }
        else
        {
            _marked.Remove(order);
        }
    }

    private void MarkAll(bool marked)
    {
        _marked.Clear();
        if (marked)
        {
            _marked.UnionWith((_orders?.Value?.Items ?? []).Where(o => o.ToShip).Select(o => o.OrderId));
        }
    }

    private Task HandOverMarkedAsync() => HandOverAsync([.. _marked]);

    private async Task HandOverAsync(IReadOnlyList<Guid> orders)
    {
        (_busy, _message, _failed, _done, _toDo) = (true, null, false, 0, orders.Count);
        var late = 0;
        try
        {
            using var click = StorefrontTelemetry.Click("hand over");
            foreach (var order in orders)
            {
                late += await AdvanceAsync(order) ? 0 : 1;
                _done++;
                _marked.Remove(order);
                StateHasChanged();
            }

            (_failed, _message) = late > 0 ? (true, T["desk.handOverLate"]) : (false, T["desk.handedOver", _done]);
        }
        catch (ApiException e)
        {
            (_failed, _message) = (true, T[$"trouble.{e.ErrorKind}.text"]);
        }
        finally
        {
            _busy = false;
        }
    }

    /// <summary>False when the delivery went on without us. The order hears of it in a moment; the page already knows.</summary>
    private async Task<bool> AdvanceAsync(Guid id)
    {
        try
        {
            var delivery = await Deliveries.AdvanceAsync(id, Gone);
            if (_orders?.Value is { } page)
            {
                var items = page.Items.Select(o =>
                    o.OrderId == id ? o with { DeliveryStatus = delivery.Status, ToShip = false } : o
                );
                _orders = new(page with { Items = [.. items] }, null);
            }

            return true;
        }
        catch (ApiException e) when (e.ErrorKind is ApiErrorKind.Conflict)
        {
            return false;
        }
    }

    private async Task ChooseAsync(ChangeEventArgs change)
    {
        var chosen = await ApiResult.From(Deliveries.ChooseHandOverAsync(change.Value is true, Gone));
        (_failed, _message) = chosen.ErrorKind is { } trouble
            ? (true, T[$"trouble.{trouble}.text"].Value)
            : (false, null);
        _handOver = chosen.Value is null ? _handOver : chosen;
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
