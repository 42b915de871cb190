using System.Net;
using System.Text.RegularExpressions;
using Commerce.Contracts;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>The shop as crawlers, proxies and attackers see it: what comes over the wire, before any script runs.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class PlainHttpTests(Platform platform, Browser browser) : IDisposable
{
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
        }
    )
    {
        BaseAddress = new Uri(platform.Urls["storefront"]),
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    /// <summary>Nobody has to sign in for these, and yet no search engine should list them.</summary>
    private static readonly string[] Unlisted =
    [
        "/cart",
        "/sign-in",
        "/register",
        "/not-found",
        "/forbidden",
        "/error",
    ];

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Every_public_page_tells_search_engines_and_friends_what_it_is()
    {
        var samples = await Samples.FindAsync(platform.Market);
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var page in Public().DistinctBy(page => page.Route))
        {
            var path = page.Path(samples);
            var address = $"{platform.Urls["storefront"].TrimEnd('/')}{path.Split('?')[0]}";
            var html = await HtmlAsync(path);

            titles[page.Name] = Title().Match(html).Groups["text"].Value;
            titles[page.Name].ShouldEndWith(" | 과수원길", customMessage: page.Name);
            Meta(html, "name", "description").ShouldNotBeNullOrWhiteSpace(page.Name);
            Canonical().Match(html).Groups["address"].Value.ShouldBe(address);
            Meta(html, "property", "og:title").ShouldBe(titles[page.Name]);
            Meta(html, "property", "og:description").ShouldNotBeNullOrWhiteSpace(page.Name);
            Meta(html, "property", "og:url").ShouldBe(address);
            Meta(html, "property", "og:type").ShouldNotBeNullOrWhiteSpace(page.Name);
            Meta(html, "property", "og:site_name").ShouldBe("과수원길");
            Meta(html, "property", "og:locale").ShouldBe("ko_KR");
            Meta(html, "name", "robots").ShouldBeNull(page.Name);
            // The words are there before any script is.
            Heading().Count(html).ShouldBe(1, page.Name);
            using var picture = await _http.GetAsync(new Uri(Meta(html, "property", "og:image")!));
            picture.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        titles.Values.ShouldBeUnique();
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "페이지를 찾을 수 없어요")]
    [InlineData("POST", "/sign-out", HttpStatusCode.BadRequest, "문제가 생겼어요")]
    public async Task People_get_a_page_for_an_error_and_programs_get_problem_details(
        string method,
        string path,
        HttpStatusCode status,
        string heading
    )
    {
        using var person = new HttpRequestMessage(new HttpMethod(method), path);
        using var page = await _http.SendAsync(person);
        page.StatusCode.ShouldBe(status);
        page.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        System.Net.WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()).ShouldContain(heading);

        using var program = new HttpRequestMessage(new HttpMethod(method), path);
        program.Headers.Accept.ParseAdd("application/json");
        using var problem = await _http.SendAsync(program);
        problem.StatusCode.ShouldBe(status);
        problem.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_checker_of_links_that_sends_HEAD_is_answered_like_a_browser_without_the_page()
    {
        foreach (var (path, status) in new[] { ("/", HttpStatusCode.OK), ("/nowhere", HttpStatusCode.NotFound) })
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            using var response = await _http.SendAsync(head);
            response.StatusCode.ShouldBe(status, path);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task What_belongs_to_one_person_is_neither_listed_nor_kept()
    {
        var samples = await Samples.FindAsync(platform.Market);
        foreach (var path in Unlisted)
            Meta(await HtmlAsync(path, anyStatus: true), "name", "robots").ShouldBe("noindex", path);

        foreach (var person in Pages.All.Where(page => page.Email is not null).GroupBy(page => page.Email))
        {
            await using var visitor = await browser.VisitAsync(platform, email: person.Key);
            foreach (var page in person.DistinctBy(page => page.Route).Where(page => page.Route != "/"))
            {
                var answer = await visitor.Page.Context.APIRequest.GetAsync(
                    page.Path(samples),
                    new() { Headers = [new("Accept", "text/html")] }
                );
                answer.Status.ShouldBe(200, page.Name);
                answer.Headers["cache-control"].ShouldBe("no-store", page.Name);
                Meta(await answer.TextAsync(), "name", "robots").ShouldBe("noindex", page.Name);
            }
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/no/such/page")]
    [InlineData("/orders")]
    [InlineData("/robots.txt")]
    [InlineData("/images/mark.svg")]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/health")]
    public async Task Every_answer_carries_the_headers_that_protect_it(string path)
    {
        using var answer = await GetAsync(path);

        var policy = Header(answer, "Content-Security-Policy");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("object-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldContain("base-uri 'self'");
        policy.ShouldContain("form-action 'self'");
        policy.ShouldNotContain("unsafe-eval");
        policy
            .Replace("style-src-attr 'unsafe-inline'", "", StringComparison.Ordinal)
            .ShouldNotContain("unsafe-inline");
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(answer, "Referrer-Policy").ShouldBe("strict-origin-when-cross-origin");
        Header(answer, "Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        Header(answer, "Permissions-Policy").ShouldContain("camera=()");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task No_page_has_a_script_or_a_style_sheet_of_its_own_inside()
    {
        var samples = await Samples.FindAsync(platform.Market);
        foreach (var page in Pages.All.Where(page => page.Email is null).DistinctBy(page => page.Route))
        {
            var html = await HtmlAsync(page.Path(samples), anyStatus: true);
            InlineCode().Matches(html).Select(match => match.Value).ShouldBeEmpty(page.Name);
        }
    }

    [Fact]
    public async Task Pages_are_compressed_and_belong_to_one_visitor()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fruits");
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var answer = await _http.SendAsync(request);

        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        Header(answer, "Vary").ShouldContain("Accept-Encoding");
        Header(answer, "Cache-Control").Split(", ").ShouldBe(["no-cache", "private"], ignoreOrder: true);
        (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(40_000);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Cookies_stay_out_of_scripts_and_of_other_sites_and_behind_https_they_are_secure(string scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in?culture=en");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var answer = await _http.SendAsync(request);

        var cookies = answer
            .Headers.GetValues("Set-Cookie")
            .ToDictionary(one => one[..one.IndexOf('=', StringComparison.Ordinal)]);
        cookies.Keys.ShouldBe(["commerce.cart", "commerce.antiforgery", ".AspNetCore.Culture"], ignoreOrder: true);
        foreach (var cookie in cookies.Values)
        {
            cookie.ShouldContain("httponly", Case.Insensitive);
            cookie.ShouldContain("samesite=", Case.Insensitive);
            cookie.ShouldNotContain("samesite=none", Case.Insensitive);
            cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase).ShouldBe(scheme == "https", cookie);
        }
    }

    [Theory]
    [InlineData("/sign-in", "sign-in")]
    [InlineData("/register", "register")]
    [InlineData("/sign-out", null)]
    public async Task A_form_without_its_antiforgery_token_is_refused(string path, string? handler)
    {
        using var form = new FormUrlEncodedContent([
            new("_handler", handler ?? ""),
            new("Form.Email", DemoAccounts.ShopperEmail),
            new("Form.Password", DemoAccounts.Password),
        ]);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), form);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse("nobody was signed in");
    }

    private static IEnumerable<ShopPage> Public() =>
        Pages.All.Where(page => page.Email is null && page.Name != "fruit-unknown" && !Unlisted.Contains(page.Route));

    private async Task<string> HtmlAsync(string path, bool anyStatus = false)
    {
        using var answer = await GetAsync(path);
        if (!anyStatus)
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";

    private static string? Meta(string html, string by, string name)
    {
        var meta = Regex.Match(
            html,
            $"<meta {by}=\"{Regex.Escape(name)}\" content=\"(?<text>[^\"]*)\"",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        return meta.Success ? WebUtility.HtmlDecode(meta.Groups["text"].Value) : null;
    }

    [GeneratedRegex("<title>(?<text>[^<]*)</title>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();

    [GeneratedRegex("<link rel=\"canonical\" href=\"(?<address>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Canonical();

    [GeneratedRegex("<h1[ >]", RegexOptions.None, 1000)]
    private static partial Regex Heading();

    // A script with a source is a file; one that says it is data (JSON) runs nothing.
    [GeneratedRegex(
        "<style[ >].{0,80}|<script(?![^>]*(src=|application/|importmap))[^>]*>.{0,80}|<[^>]+ on[a-z]+=\"[^\"]*\"|javascript:",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex InlineCode();
}
