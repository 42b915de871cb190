using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>A person at a browser window. What the page complains about in its console is kept.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript();

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

    public Look Look { get; private set; }

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
        await Expect(Page.Locator(".shell:is([data-interactive=true], [data-interactive=never])")).ToHaveCountAsync(1);

    /// <summary>
    /// Waits until the window shows such an address and all of its page. (Playwright's own wait for an address misses the
    /// navigation that ends between its look and its listening.)
    /// </summary>
    /// <param name="address">A regular expression.</param>
    public async Task ArriveAsync([StringSyntax(StringSyntaxAttribute.Regex)] string address)
    {
        await Expect(Page).ToHaveURLAsync(new Regex(address));
        await Page.WaitForFunctionAsync("() => document.readyState === 'complete'");
    }

    /// <summary>Waits until nothing on the page is on its way any more: no skeleton, nothing busy.</summary>
    public async Task SettleAsync() =>
        await Expect(Page.Locator(".skeleton, .is-skeleton, [aria-busy=true]")).ToHaveCountAsync(0);

    /// <summary>Fills in the sign-in page, which is open or about to be.</summary>
    public async Task SignInAsync(string email, string password)
    {
        await Page.Locator("input[type=email]").FillAsync(email);
        await Page.Locator("input[type=password]").FillAsync(password);
        await Part("sign-in").ClickAsync();
        await ArriveAsync("^(?!.*/sign-in)");
    }

    /// <summary>The errors so far, which are forgotten then.</summary>
    public IReadOnlyList<string> TakeErrors()
    {
        string[] taken = [.. _errors];
        _errors.Clear();
        return taken;
    }

    /// <summary>axe finds nothing on the page as it stands.</summary>
    public async Task ShouldBeAccessibleAsync() => (await AxeAsync()).ShouldBeEmpty($"axe on {Page.Url} as {Look}");

    /// <summary>What axe finds on the page as it stands, by the given rules or by all of WCAG 2.2 AA and best practice.</summary>
    public async Task<IReadOnlyList<string>> AxeAsync(params string[] rules)
    {
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window"))
            await Page.EvaluateAsync(AxeScript);
        return await Page.EvaluateAsync<string[]>(
            """
            async rules => {
              // Half-way through a fade, colours are not yet what they will be; what turns for ever is not waited for.
              await Promise.all(document.getAnimations()
                .filter(a => a.effect?.getComputedTiming().endTime !== Infinity)
                .map(a => a.finished.catch(() => {})));
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
              const runOnly = rules.length > 0 ? { type: 'rule', values: rules } : { type: 'tag', values: tags };
              const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
              return violations.flatMap(v => v.nodes.map(n =>
                `${v.id} (${v.impact}) ${v.help}\n    ${n.html}\n    ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
            }
            """,
            rules
        );
    }

    /// <summary>Another theme or size for the page that is open. (Another language is another visit.)</summary>
    public async Task LookAsync(Look look)
    {
        // Somebody who asked for less motion: colours are what they will be, at once.
        await Page.EmulateMediaAsync(
            new()
            {
                ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        if ((look.Width, look.Height) != (Look.Width, Look.Height))
            await Page.SetViewportSizeAsync(look.Width, look.Height);
        await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Look = look;
    }

    /// <summary>A picture of the whole page, for people: <c>NAME-LOOK.png</c> in artifacts/screenshots or another folder.</summary>
    public async Task ScreenshotAsync(string name, string? folder = null)
    {
        folder ??= Path.Combine(RepositoryRoot.Path, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        // Pictures below the window are loaded when they come into sight.
        await Page.EvaluateAsync(
            """
            () => Promise.all([...document.images].map(image => {
              image.loading = 'eager';
              return image.decode().catch(() => {});
            }))
            """
        );
        await Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{Look}.png"), FullPage = true }
        );
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
