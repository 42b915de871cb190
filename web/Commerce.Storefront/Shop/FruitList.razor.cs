using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shop;

/// <summary>The list of fruits. Everything that narrows or orders it stands in the address.</summary>
public sealed partial class FruitList
{
    private FruitSearch _search = new();
    private bool _busy;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? Q { get; set; }

    [SupplyParameterFromQuery]
    public string? Category { get; set; }

    [SupplyParameterFromQuery]
    public string? Region { get; set; }

    [SupplyParameterFromQuery]
    public string? Grade { get; set; }

    // As text: a number that is none must not be an error page.
    [SupplyParameterFromQuery(Name = "inSeason")]
    public string? InSeasonText { get; set; }

    [SupplyParameterFromQuery(Name = "minPrice")]
    public string? MinPriceText { get; set; }

    [SupplyParameterFromQuery(Name = "maxPrice")]
    public string? MaxPriceText { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? SortText { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public string? PageText { get; set; }

    [PersistentState]
    public Loaded<Results>? Result { get; set; }

    private string Heading =>
        _search.Q is { } q ? T["list.searchTitle", q]
        : _search.Category is { } c && Categories.All.Contains(c) ? T[$"category.{c}"]
        : _search.InSeason is true ? T["home.inSeason"]
        : T["list.title"];

    private List<(string Text, FruitSearch Without)> Chips =>
        [
            .. new (string? Text, FruitSearch Without)[]
            {
                (_search.Q is { } q ? $"“{q}”" : null, _search with { Q = null, Page = 1 }),
                (
                    _search.Category is { } c ? T[$"category.{c}"].Value : null,
                    _search with
                    {
                        Category = null,
                        Page = 1,
                    }
                ),
                (RegionLabel(), _search with { Region = null, Page = 1 }),
                (_search.Grade is { } g ? T[$"grade.{g}"].Value : null, _search with { Grade = null, Page = 1 }),
                (
                    _search.InSeason is true ? T["badge.inSeason"].Value : null,
                    _search with
                    {
                        InSeason = null,
                        Page = 1,
                    }
                ),
                (PriceLabel(), _search with { MinPrice = null, MaxPrice = null, Page = 1 }),
            }
                .Where(c => c.Text is not null)
                .Select(c => (c.Text!, c.Without)),
        ];

    protected override async Task OnParametersSetAsync()
    {
        var search = FruitSearch.From(
            Q,
            Category,
            Region,
            Grade,
            bool.TryParse(InSeasonText, out var inSeason) ? inSeason : null,
            long.TryParse(MinPriceText, out var min) ? min : null,
            long.TryParse(MaxPriceText, out var max) ? max : null,
            SortText,
            int.TryParse(PageText, out var page) ? page : null
        );
        var changed = search != _search;
        _search = search;
        if (changed && Result?.Value?.Address != search.ToUrl() || Result is null)
        {
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        var search = _search;
        _busy = true;
        var result = await Loaded.From(ReadAsync(search));
        // The shopper may have gone on to another search while this one was under way.
        if (search == _search)
        {
            Result = result;
            _busy = false;
        }
    }

    private async Task<Results> ReadAsync(FruitSearch search)
    {
        var page = await Catalog.FruitsAsync(search);
        return new(search.ToUrl(), FruitTile.From(page.Items), page.Total, page.Facets);
    }

    private void Sort(ChangeEventArgs change) =>
        Navigation.NavigateTo(
            (_search with { Sort = change.Value is "" ? null : change.Value?.ToString(), Page = 1 }).ToUrl()
        );

    private string? RegionLabel() =>
        _search.Region is not { } region ? null
        : Result?.Value?.Facets.Regions.FirstOrDefault(r => r.Value == region) is { } facet
            ? Format.Pick(facet.Value, facet.LabelEn)
        : region;

    private string? PriceLabel() =>
        (_search.MinPrice, _search.MaxPrice) switch
        {
            (null, null) => null,
            ({ } min, null) => T["list.priceFrom", Format.Won(min)],
            (null, { } max) => T["list.priceTo", Format.Won(max)],
            ({ } min, { } max) => $"{Format.Won(min)} – {Format.Won(max)}",
        };

    /// <summary>One page of results, and the address that it answers.</summary>
    public sealed record Results(string Address, IReadOnlyList<FruitTile> Items, int Total, FruitFacets Facets);
}
