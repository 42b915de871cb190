using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Session;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.FarmDesk;

/// <summary>The boxes of one fruit: a new harvest, a correction by hand, and all that happened to them.</summary>
public sealed partial class FruitStock
{
    private ApiResult<Fruit>? _fruit;
    private ApiResult<IReadOnlyList<Lot>>? _lots;
    private ApiResult<Paged<StockMovement>>? _history;
    private Dictionary<string, string> _errors = [];
    private DateOnly _harvestedOn;
    private decimal? _quantity;
    private decimal? _brix;
    private string _method = BrixMethods.Refractometer;
    private decimal? _delta;
    private string _reason = "";
    private string? _message;
    private bool _failed;
    private bool _busy;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private CurrentUser CurrentUser { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public string? PageText { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        await LoadAsync();
        if (_fruit?.Value is { } fruit && _harvestedOn == default)
        {
            (_harvestedOn, _brix, _method) = (Format.Today(Time), fruit.Brix, fruit.BrixMethod);
        }
    }

    private async Task LoadAsync()
    {
        var fruit = ApiResult.From(ReadOwnAsync());
        var lots = ApiResult.From(Catalog.LotsAsync(Id));
        var page = int.TryParse(PageText, out var number) && number is > 0 and < 10_000 ? number : 1;
        _history = await ApiResult.From(Catalog.StockHistoryAsync(Id, page));
        (_fruit, _lots) = (await fruit, await lots);
    }

    // Fruits are open to everyone; this page is the own farm's.
    private async Task<Fruit> ReadOwnAsync()
    {
        var fruit = await Catalog.FruitAsync(Id);
        var me = (await CurrentUser.UserAsync()).FindFirst(SessionClaims.Subject)?.Value;
        return fruit.Farm.Id.ToString() == me ? fruit : throw new ApiException(ApiErrorKind.NotFound);
    }

    private string? ErrorOf(string field) => _errors.GetValueOrDefault(field);

    // The platform's own movements have a code; a farmer's are in the farmer's words.
    private string ReasonOf(string reason)
    {
        var known = T[$"stock.{reason}"];
        return known.ResourceNotFound ? reason : known;
    }

    private Task AddLotAsync()
    {
        Require(
            ("quantity", IsWhole(_quantity) && _quantity > 0, "desk.error.boxes"),
            ("brix", _brix > 0, "desk.error.brix")
        );
        return SendAsync(
            () => Catalog.AddLotAsync(Id, new(_harvestedOn, _brix!.Value, (int)_quantity!.Value, _method)),
            () =>
            {
                var added = T["desk.lotAdded", Format.Number((long)_quantity!.Value)];
                _quantity = null;
                return added;
            }
        );
    }

    private Task ChangeAsync()
    {
        Require(
            ("delta", IsWhole(_delta) && _delta != 0, "desk.error.delta"),
            ("reason", !string.IsNullOrWhiteSpace(_reason), "desk.error.required")
        );
        return SendAsync(
            () => Catalog.ChangeStockAsync(Id, new((int)_delta!.Value, _reason.Trim())),
            () =>
            {
                (_delta, _reason) = (null, "");
                return T["desk.stockChanged"];
            }
        );
    }

    private void Require(params ReadOnlySpan<(string Field, bool Holds, string Error)> rules)
    {
        _errors = [];
        foreach (var (field, holds, error) in rules)
        {
            if (!holds)
            {
                _errors[field] = T[error];
            }
        }
    }

    private async Task SendAsync(Func<Task> call, Func<string> done)
    {
        _message = null;
        if (_errors.Count > 0 || _busy)
        {
            return;
        }

        _busy = true;
        try
        {
            await call();
            (_failed, _message) = (false, done());
            await LoadAsync();
        }
        catch (ApiException e)
        {
            _failed = true;
            _errors = (e.Problem?.Errors ?? []).ToDictionary(x => x.Key, x => Refused(x.Key), StringComparer.Ordinal);
            _message = e.ErrorKind switch
            {
                ApiErrorKind.Conflict => T["desk.stockRefused"],
                ApiErrorKind.Invalid => T["desk.check"],
                _ => T[$"trouble.{e.ErrorKind}.text"],
            };
        }
        finally
        {
            _busy = false;
        }
    }

    private string Refused(string field) =>
        field switch
        {
            "harvestedOn" => T["desk.error.harvest"],
            "brix" => T["desk.error.brixOfFruit"],
            _ => T["desk.refused"],
        };

    private static bool IsWhole(decimal? value) =>
        value is { } v && v == decimal.Truncate(v) && Math.Abs(v) <= 1_000_000;
}
