using Commerce.Contracts.Api;
using Commerce.Contracts.Live;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Telemetry;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.AdminDesk;

/// <summary>All that is known of one order: from Order itself, and what Payment, Delivery and Identity add while they answer.</summary>
public sealed partial class AdminOrderPage : PollingPage
{
    private ApiResult<OrderDetails>? _order;
    private ApiResult<Payment>? _payment;
    private AdminAccount? _buyer;
    private List<(string Service, AuditEntry Entry)> _actions = [];
    private IDisposable? _watch;
    private string? _message;
    private bool _busy;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private DeliveryApi Deliveries { get; set; } = null!;

    [Inject]
    private PaymentApi Payments { get; set; } = null!;

    [Inject]
    private IdentityApi Identity { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private IConfiguration Configuration { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    private string? DashboardUrl => Configuration["Dashboard:Url"] is { Length: > 0 } url ? url : null;

    protected override async Task OnParametersSetAsync()
    {
        await TickAsync();
        if (_order?.Value?.AccountId is { } buyer)
        {
            // Nice to know; the page does without.
            var found = await ApiResult.From(Identity.AccountsAsync($"{buyer}", role: null, state: null, page: 1));
            _buyer = found.Value?.Items is [var account, ..] ? account : null;
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            // At once when Order says so, by the clock for what the other services add.
            _watch = Live.Watch(LiveChannels.Orders, Id, Hear);
            _ = TickEveryAsync(TimeSpan.FromSeconds(3));
        }
    }

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task TickAsync()
    {
        var payment = ApiResult.From(Payments.PaymentAsync(Id, Gone));
        var done = Task.WhenAll(Read("order", Orders), Read("delivery", Deliveries));
        var order = await ApiResult.From(Orders.OrderAsync(Id, Gone));
        _order = order.Value is null && _order?.Value is not null ? _order : order;
        _payment = await payment;
        _actions = [.. (await done).SelectMany(entries => entries).OrderByDescending(e => e.Entry.At)];
    }

    private async Task<IEnumerable<(string Service, AuditEntry Entry)>> Read(string name, ServiceApi api) =>
        ((await ApiResult.From(api.AuditAsync(Id, page: 1, Gone))).Value?.Items ?? []).Select(entry => (name, entry));

    private void Hear(string hint) => _ = InvokeAsync(RefreshAsync);

    private async Task RefreshAsync()
    {
        try
        {
            await TickAsync();
            if (!Gone.IsCancellationRequested)
            {
                StateHasChanged();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }

    private async Task DoAsync(Func<Task> step)
    {
        (_busy, _message) = (true, null);
        try
        {
            using var click = StorefrontTelemetry.Click("admin order");
            await step();
            await TickAsync();
        }
        catch (ApiException e)
        {
            _message = e.ErrorKind is ApiErrorKind.Conflict ? T["admin.tooLate"] : T[$"trouble.{e.ErrorKind}.text"];
        }
        finally
        {
            _busy = false;
        }
    }
}
