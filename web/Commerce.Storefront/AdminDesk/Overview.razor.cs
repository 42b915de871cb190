using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Shared;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.AdminDesk;

/// <summary>The platform at a glance, read again every two seconds. Each service answers, or does not, by itself.</summary>
public sealed partial class Overview : PollingPage
{
    // What was earned by the hour does not change by the second, and costs the most to add up.
    private const int TicksPerRevenue = 10;

    private ApiResult<OrderStats>? _stats;
    private ApiResult<IReadOnlyList<RevenueBar>>? _revenue;
    private IReadOnlyList<ServiceWatch> _services = [];
    private DateTimeOffset? _asOf;
    private string _by = "hour";
    private bool _paused;
    private bool _counting;
    private int _ticks;

    [Inject]
    private OrderApi Orders { get; set; } = null!;

    [Inject]
    private ServiceDirectory Services { get; set; } = null!;

    [Inject]
    private IConfiguration Configuration { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private string? DashboardUrl => Configuration["Dashboard:Url"] is { Length: > 0 } url ? url : null;

    private List<string> Down => [.. _services.Where(service => service.IsDown).Select(service => service.Name)];

    protected override async Task OnInitializedAsync()
    {
        _services = [.. Services.All.Select(service => new ServiceWatch(service.Name, service.Api))];
        // Prerendered with what is there at once; whatever is slow or down comes through the circuit.
        if (RendererInfo.IsInteractive)
        {
            await TickAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = TickEveryAsync(TimeSpan.FromSeconds(2));
        }
    }

    protected override Task TickAsync()
    {
        if (_paused)
        {
            return Task.CompletedTask;
        }

        foreach (var service in _services)
        {
            _ = ShowAsync(service.AskAsync(Time.GetUtcNow(), Gone));
        }

        _ = ShowAsync(CountAsync());
        if (_ticks++ % TicksPerRevenue == 0)
        {
            _ = ShowAsync(LoadRevenueAsync());
        }

        return Task.CompletedTask;
    }

    /// <summary>Renders when the answer is there, whichever comes first; nobody waits for the slowest.</summary>
    private async Task ShowAsync(Task answer)
    {
        try
        {
            await answer;
            if (!Gone.IsCancellationRequested && !_paused)
            {
                StateHasChanged();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }

    private async Task CountAsync()
    {
        if (_counting)
        {
            return;
        }

        _counting = true;
        try
        {
            _stats = await ApiResult.From(Orders.StatsAsync(Gone));
            _asOf = Time.GetUtcNow();
        }
        finally
        {
            _counting = false;
        }
    }

    private async Task LoadRevenueAsync() => _revenue = await ApiResult.From(Orders.RevenueAsync(_by, Gone));

    private Task ChangeRevenueAsync(string by)
    {
        _by = by;
        return LoadRevenueAsync();
    }
}
