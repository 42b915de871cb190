using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Commerce.Storefront.FarmDesk;

/// <summary>A new listing or one that is there. Every field that is left is checked by Catalog's own rules.</summary>
public sealed partial class FruitEdit
{
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);
    private ApiResult<FruitForm>? _source;
    private FruitCheck? _check;
    private string? _message;
    private bool _all;
    private bool _busy;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter]
    public Guid? Id { get; set; }

    private string? BrixHelp =>
        _check?.Norm is { } norm
            ? T["desk.brixNorm", Format.Short(norm.BrixMin), Format.Short(norm.BrixMax)].Value
            : null;

    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _source = Id is { } id ? await ApiResult.From(ReadAsync(id)) : new(new FruitForm(), null);
        if (_source.Value is { } form)
        {
            await AskAsync(form);
        }
    }

    private async Task<FruitForm> ReadAsync(Guid id) => FruitForm.From(await Catalog.FruitAsync(id));

    private string? PerKg(FruitForm form) =>
        form is { PriceKrw: > 0, WeightKg: > 0 }
            ? T["desk.perKg", Format.Won(Format.PerKg((long)form.PriceKrw, form.WeightKg.Value))].Value
            : null;

    private string? ErrorOf(string field) =>
        (_all || _left.Contains(field))
        && _check?.Problems.FirstOrDefault(p => p.Field.Split('[')[0] == field) is { } problem
            ? ValidationMessages.Of(T, problem)
            : null;

    // What one field says decides about others: the weight about the counts, the variety about the sugar.
    private Task CheckAsync(string field)
    {
        _left.Add(field);
        return _source?.Value is { } form ? AskAsync(form) : Task.CompletedTask;
    }

    private async Task AskAsync(FruitForm form)
    {
        try
        {
            _check = await Catalog.CheckAsync(form.ToDraft());
        }
        catch (ApiException)
        {
            // Saving says what is wrong, then.
            _check = null;
        }
    }

    private async Task SaveAsync()
    {
        if (_source?.Value is not { } form || _busy)
        {
            return;
        }

        (_busy, _message, _all) = (true, null, true);
        try
        {
            _check = await Catalog.CheckAsync(form.ToDraft());
            if (_check.Problems.Count == 0)
            {
                await SendAsync(form.ToDraft());
                return;
            }

            _message = T["desk.check"];
        }
        catch (ApiException e)
        {
            _message = e.ErrorKind is ApiErrorKind.Forbidden ? T["desk.notOpen"] : T[$"trouble.{e.ErrorKind}.text"];
        }
        finally
        {
            _busy = false;
        }

        StateHasChanged();
        await Js.InvokeVoidAsync("commerce.focusFirstError");
    }

    private async Task SendAsync(FruitDraft draft)
    {
        if (Id is { } id)
        {
            await Catalog.UpdateAsync(id, draft);
            Navigation.NavigateTo("/farm/fruits");
        }
        else
        {
            // A fruit without boxes cannot be bought: the harvest comes next.
            var created = await Catalog.CreateAsync(draft);
            Navigation.NavigateTo($"/farm/fruits/{created.Id}/stock");
        }
    }
}
