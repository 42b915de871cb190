using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Shared;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Commerce.Storefront.Shop;

/// <summary>The list of fruits. Everything that narrows or orders it stands in the address.</summary>
public sealed partial class FruitList
{
    private FruitSearch _search = new();
    private bool _busy;
    private bool _filtersOpen;

    [Inject]
    private CatalogApi Catalog { get; set; } = null!;

    [Inject]
    private ListHistory Seen { get; set; } = null!;

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

    [SupplyParameterFromQuery]
    public string? Certification { get; set; }

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
    public ApiResult<Results>? Result { get; set; }

    private string Heading =>
        _search.Q is { } q ? T["list.searchTitle", q]
        : _search.Category is { } c && Categories.All.Contains(c) ? T[$"category.{c}"]
        : _search.InSeason is true ? T["home.inSeason"]
        : T["list.title"];

    /// <summary>Kinds and their pages are for search engines; every other filter is a view of them.</summary>
    private string Canonical => new FruitSearch(Category: _search.Category, Page: _search.Page).ToUrl();

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
                    _search.Certification is { } held ? Text.Certification.Label(T, held) : null,
                    _search with
                    {
                        Certification = null,
                        Page = 1,
                    }
                ),
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
            int.TryParse(PageText, out var page) ? page : null,
            Certification
        );
        var changed = search != _search;
        _search = search;
        if (changed && Result?.Value?.Address != search.ToUrl() || Result is null)
        {
            // Back from a fruit: what was there stands at once, so that the browser finds its place, and is then renewed.
            if (Seen.Find(search.ToUrl()) is { } seen)
            {
                Result = new(seen, null);
            }

            await LoadAsync();
        }
        else if (Result?.Value is { } shown)
        {
            Seen.Keep(shown);
        }
    }

    private async Task LoadAsync()
    {
        var search = _search;
        _busy = true;
        var result = await ApiResult.From(ReadAsync(search));
        // The shopper may have gone on to another search while this one was under way.
        if (search == _search)
        {
            Result = result;
            _busy = false;
            if (result.Value is { } shown)
            {
                Seen.Keep(shown);
            }
        }
    }

    private async Task<Results> ReadAsync(FruitSearch search)
    {
        var page = await Catalog.FruitsAsync(search);
        var instead = page.Total > 0 ? null : await ApiResult.From(BestAsync());
        return new(
            search.ToUrl(),
            FruitTile.From(page.Items),
            page.Total,
            page.Facets,
            page.SearchedFor,
            page.Suggestions,
            instead,
            page.TotalIsAtLeast
        );
    }

    private async Task<IReadOnlyList<FruitTile>> BestAsync() => FruitTile.From(await Catalog.BestsellersAsync(6));

    private void Sort(ChangeEventArgs change) =>
        Navigation.NavigateTo(
            (_search with { Sort = change.Value is "" ? null : change.Value?.ToString(), Page = 1 }).ToUrl()
        );

    private void OnFilterKey(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            _filtersOpen = false;
        }
    }

    private string? RegionLabel() =>
        _search.Region is not { } region ? null
        : Result?.Value?.Facets.Regions is { } regions
        && Provinces.Opened(regions, region).FirstOrDefault(r => r.Value == region) is { } facet
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
}

/// <summary>One page of results, and the address that it answers.</summary>
/// <param name="SearchedFor">What was found instead of what was typed.</param>
/// <param name="Suggestions">Words that were perhaps meant, when nothing was found.</param>
/// <param name="Instead">What others buy, when nothing was found.</param>
/// <param name="TotalIsAtLeast">There are more than <paramref name="Total"/>.</param>
public sealed record Results(
    string Address,
    IReadOnlyList<FruitTile> Items,
    int Total,
    FruitFacets Facets,
    string? SearchedFor,
    IReadOnlyList<string>? Suggestions,
    ApiResult<IReadOnlyList<FruitTile>>? Instead,
    bool TotalIsAtLeast
);

/// <summary>The lists that this circuit showed last.</summary>
public sealed class ListHistory
{
    private const int Kept = 8;
    private readonly List<Results> _lists = [];

    public Results? Find(string address) => _lists.Find(list => list.Address == address);

    public void Keep(Results list)
    {
        _lists.RemoveAll(other => other.Address == list.Address);
        _lists.Insert(0, list);
        if (_lists.Count > Kept)
        {
            _lists.RemoveAt(Kept);
        }
    }
}
