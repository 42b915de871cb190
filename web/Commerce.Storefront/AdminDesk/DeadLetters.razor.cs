using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Telemetry;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.AdminDesk;

/// <summary>What consumers gave up on, in all services: look, send again, or put away with a note; one or many.</summary>
public sealed partial class DeadLetters : ComponentBase
{
    // So that there is something to see of a long run.
    private const int AtOnce = 5;
    private static readonly string[] States = ["open", "redriven", "discarded"];

    private readonly HashSet<Letter> _selected = [];
    private IReadOnlyList<(string Service, ApiResult<Paged<DeadLetter>>? Letters)> _letters = [];
    private string _service = "";
    private string _type = "";
    private string _state = "open";
    private string? _message;
    private string? _result;
    private Progress? _progress;

    [Inject]
    private ServiceDirectory Services { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? Service { get; set; }

    [SupplyParameterFromQuery]
    public string? Type { get; set; }

    [SupplyParameterFromQuery]
    public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public string? PageText { get; set; }

    private List<Letter> Selectable =>
        [
            .. from service in _letters
            from letter in service.Letters?.Value?.Items ?? []
            where letter is { RedrivenAt: null, DiscardedAt: null }
            select new Letter(service.Service, letter.Id),
        ];

    protected override Task OnParametersSetAsync()
    {
        _service = Services.All.Select(s => s.Name).FirstOrDefault(name => name == Service) ?? "";
        _type = Type ?? "";
        _state = States.Contains(State) ? State! : "open";
        (_message, _result) = (null, null);
        _selected.Clear();
        _letters = [.. Asked.Select(s => (s.Name, (ApiResult<Paged<DeadLetter>>?)null))];
        return LoadAsync();
    }

    private IEnumerable<(string Name, ServiceApi Api)> Asked =>
        Services.All.Where(s => _service.Length == 0 || s.Name == _service);

    private async Task LoadAsync()
    {
        var page = _service.Length > 0 && int.TryParse(PageText, out var number) && number > 0 ? number : 1;
        _letters = await Task.WhenAll(
            Asked.Select(async s =>
                (
                    s.Name,
                    (ApiResult<Paged<DeadLetter>>?)await ApiResult.From(s.Api.DeadLettersAsync(_state, _type, page))
                )
            )
        );
        _selected.IntersectWith(Selectable);
    }

    private void Select(Letter letter, bool on) => _ = on ? _selected.Add(letter) : _selected.Remove(letter);

    private void SelectAll(ChangeEventArgs change)
    {
        _selected.Clear();
        if (change.Value is true)
        {
            _selected.UnionWith(Selectable);
        }
    }

    private Task RedriveAsync(IReadOnlyList<Letter> letters) =>
        RunAsync(letters, (api, ids) => api.RedriveAsync(ids), "admin.redriveResult");

    private Task DiscardAsync(IReadOnlyList<Letter> letters, string note) =>
        RunAsync(letters, (api, ids) => api.DiscardAsync(ids, note), "admin.discardResult");

    /// <summary>A few at a time, service by service; what one service refuses does not stop the others.</summary>
    private async Task RunAsync(
        IReadOnlyList<Letter> letters,
        Func<ServiceApi, IReadOnlyList<Guid>, Task<LetterOutcomes>> step,
        string result
    )
    {
        (_message, _result) = (null, null);
        _progress = new Progress(0, letters.Count);
        var (done, failed) = (0, 0);
        using var click = StorefrontTelemetry.Click("dead letters");
        foreach (var service in letters.GroupBy(letter => letter.Service))
        {
            try
            {
                foreach (var chunk in service.Select(letter => letter.Id).Chunk(AtOnce))
                {
                    var outcomes = await step(Services.Find(service.Key), chunk);
                    done += outcomes.Results.Count(outcome => outcome.Outcome == "done");
                    failed += outcomes.Results.Count(outcome => outcome.Outcome == "failed");
                    _progress = _progress with { Done = _progress.Done + chunk.Length };
                    StateHasChanged();
                }
            }
            catch (ApiException e)
            {
                _message = $"{service.Key}: {T[$"trouble.{e.ErrorKind}.text"]}";
            }
        }

        _progress = null;
        _result = T[result, Format.Number(done), Format.Number(failed)];
        await LoadAsync();
    }

    private void Apply() => Navigation.NavigateTo(Href(1));

    private string Href(int page) =>
        Address.Of(
            "/admin/dead-letters",
            ("service", _service),
            ("type", _type),
            ("state", _state == "open" ? null : _state),
            ("page", page > 1 ? page : null)
        );

    private sealed record Letter(string Service, Guid Id);

    private sealed record Progress(int Done, int Total);
}
