using Commerce.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>A person at a browser window. What the page complains about in its console is kept.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    public Visitor(IBrowserContext context, IPage page, Look look)
    {
        _context = context;
        Page = page;
        Look = look;
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public Look Look { get; }

    /// <summary>Script errors, refused content (CSP) and failed requests so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public ILocator Part(string testId) => Page.GetByTestId(testId);

    /// <summary>Opens a page and waits until its circuit takes clicks.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await BecomeInteractiveAsync();
    }

    /// <summary>Waits until the page's circuit is there. Sign-in and register never get one: they are plain forms.</summary>
    public async Task BecomeInteractiveAsync() =>
        await Expect(Page.Locator(".shell:is([data-interactive=true], [data-interactive=never])"))
            .ToHaveCountAsync(1, new() { Timeout = 20_000 });

    /// <summary>Waits until nothing on the page is on its way any more: no skeleton, nothing busy.</summary>
    public async Task SettleAsync() =>
        await Expect(Page.Locator(".skeleton, .is-skeleton, [aria-busy=true]")).ToHaveCountAsync(0);

    /// <summary>Fills in the sign-in page, which is open or about to be.</summary>
    public async Task SignInAsync(string email, string password)
    {
        await Page.Locator("input[type=email]").FillAsync(email);
        await Page.Locator("input[type=password]").FillAsync(password);
        await Part("sign-in").ClickAsync();
        await Page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
    }

    /// <summary>axe finds nothing on the page as it stands.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        // Half-way through a fade, colours are not yet what they will be.
        await Page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))");
        var result = await Page.RunAxe(
            new AxeRunOptions
            {
                RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
            }
        );
        var found =
            from violation in result.Violations
            from node in violation.Nodes
            select $"{violation.Id} ({violation.Impact}) {violation.Help}\n    {node.Html}";
        found.ShouldBeEmpty($"axe on {Page.Url} as {Look}");
    }

    /// <summary>A picture of the whole page, for people: <c>artifacts/screenshots/NAME-LOOK.png</c>.</summary>
    public async Task ScreenshotAsync(string name)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{Look}.png"), FullPage = true }
        );
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
