using System.Collections.Concurrent;
using Commerce.Contracts;
using Microsoft.Playwright;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>One Chromium for all browser tests; each visitor gets a context of their own (cookies, storage).</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>In ms, for what a page shows in its own time; on a busy machine that is not soon.</summary>
    private const float Timeout = 20_000;

    private readonly ConcurrentDictionary<string, string> _sessions = new(StringComparer.Ordinal);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Someone who just came by, or is signed in already with a demo account or one with the demo password.</summary>
    public async Task<Visitor> VisitAsync(Platform platform, Look? look = null, string? email = null)
    {
        look ??= Look.Desktop;
        var shop = platform.Urls["storefront"];
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = shop,
                Locale = look.Language == "ko" ? "ko-KR" : "en-US",
                TimezoneId = "Asia/Seoul",
                ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
                ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
                StorageState = email is null ? null : _sessions.GetValueOrDefault(email),
            }
        );
        context.SetDefaultTimeout(Timeout);
        var culture = look.Language == "ko" ? "ko-KR" : "en-US";
        await context.AddCookiesAsync([
            new Cookie
            {
                Name = ".AspNetCore.Culture",
                Value = Uri.EscapeDataString($"c={culture}|uic={culture}"),
                Url = shop,
            },
        ]);
        var visitor = new Visitor(context, await context.NewPageAsync(), look);
        if (email is not null && !_sessions.ContainsKey(email))
        {
            await visitor.Page.GotoAsync("/sign-in");
            await visitor.SignInAsync(email, DemoAccounts.Password);
            _sessions[email] = await context.StorageStateAsync();
        }
        return visitor;
    }

    /// <summary>Someone at another address than the shop's.</summary>
    public async Task<Visitor> VisitAsync(Uri address)
    {
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = address.GetLeftPart(UriPartial.Authority),
                ViewportSize = new ViewportSize { Width = Look.Desktop.Width, Height = Look.Desktop.Height },
            }
        );
        context.SetDefaultTimeout(Timeout);
        return new Visitor(context, await context.NewPageAsync(), Look.Desktop);
    }

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Timeout);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
                Headless = true,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
