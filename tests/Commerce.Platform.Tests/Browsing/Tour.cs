using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>
/// One walk through every page of the shop, by each of its people in each language, that writes down whatever is wrong. What a
/// page owes to everybody is judged by <see cref="EveryPageTests"/>; the walk is made once for all of them, because opening
/// pages is what takes the time.
/// </summary>
public sealed class Tour(Platform platform, Browser browser) : IAsyncLifetime
{
    /// <summary>Where pictures go; null takes none. Set by <c>./commerce screenshots</c>.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("COMMERCE_SCREENSHOTS");

    private readonly ConcurrentBag<(string Kind, string Where, string What)> _findings = [];

    /// <summary>All findings of a kind, one line each.</summary>
    public string Of(string kind) =>
        string.Join(
            "\n",
            from finding in _findings
            where finding.Kind == kind
            orderby finding.Where, finding.What
            select $"{finding.Where}: {finding.What}"
        );

    public async Task InitializeAsync()
    {
        var samples = await Samples.FindAsync(platform.Market);
        var walks =
            from language in new[] { "ko", "en" }
            from person in Pages.All.GroupBy(page => page.Email)
            select (Look: new Look(language), Email: person.Key, Pages: person.ToList());
        // Two at once: the shop draws one page while axe reads another.
        await Parallel.ForEachAsync(
            walks,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (walk, _) => await WalkAsync(walk.Look, walk.Email, walk.Pages, samples)
        );
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task WalkAsync(Look look, string? email, List<ShopPage> pages, Samples samples)
    {
        await using var visitor = await browser.VisitAsync(platform, look, email);
        foreach (var page in pages)
        {
            var where = $"{page.Name} ({look.Language})";
            try
            {
                await page.OpenAsync(visitor, samples);
                await LookAtAsync(visitor, page, where);
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
            {
                Note("opening", where, failure.Message);
            }
            Note("console", where, [.. visitor.TakeErrors().Where(error => !IsExpected(page, error))]);
        }
    }

    /// <summary>Both themes on the desktop and on the phone; the page stays open meanwhile.</summary>
    private async Task LookAtAsync(Visitor visitor, ShopPage page, string where)
    {
        Note("raw key", where, await Inspection.RawKeysAsync(visitor.Page));
        if (visitor.Look.Language == "en")
            Note("untranslated", where, await Inspection.UnannouncedKoreanAsync(visitor.Page));

        Note("axe", $"{where} desktop light", await visitor.AxeAsync());
        await PictureAsync(visitor, page);

        // The theme changes colours only; everything else was looked at.
        await visitor.LookAsync(visitor.Look with { Dark = true });
        Note("axe", $"{where} desktop dark", await visitor.AxeAsync("color-contrast"));
        Note("moving", where, await Inspection.MovingAsync(visitor.Page));
        await PictureAsync(visitor, page);

        var desktop = visitor.Look;
        await visitor.LookAsync(Look.Phone with { Language = desktop.Language, Dark = true });
        await PictureAsync(visitor, page);
        await visitor.LookAsync(visitor.Look with { Dark = false });
        if (visitor.Look.Language == "ko")
            Note("axe", $"{where} phone light", await visitor.AxeAsync());
        Note("too wide", where, await Inspection.TooWideAsync(visitor.Page));
        Note("too small", where, await Inspection.TooSmallAsync(visitor.Page));
        await PictureAsync(visitor, page);
        await visitor.LookAsync(desktop with { Dark = false });
    }

    private static async Task PictureAsync(Visitor visitor, ShopPage page)
    {
        if (Pictures is not null)
            await visitor.ScreenshotAsync(page.Name, Pictures);
    }

    /// <summary>The browser reports every answer that is not a success, also where the page is about that.</summary>
    private static bool IsExpected(ShopPage page, string error) =>
        page.Name is "fruit-unknown" && error.Contains("404", StringComparison.Ordinal);

    private void Note(string kind, string where, params IReadOnlyCollection<string> found)
    {
        foreach (var what in found)
            _findings.Add((kind, where, what));
    }
}
