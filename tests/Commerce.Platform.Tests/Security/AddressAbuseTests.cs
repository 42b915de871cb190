using System.Net;
using Commerce.Contracts;

namespace Commerce.Platform.Tests.Security;

/// <summary>Addresses that want to lead out of the shop, or into its server's files.</summary>
[Collection(PlatformCollection.Name)]
public sealed class AddressAbuseTests(Platform platform)
{
    private static readonly string[] Elsewhere =
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\n/evil.example",
        "/ /evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/./\\evil.example",
        "/fruits/..//evil.example",
        "/%5cevil.example",
        "/%2fevil.example",
        "%2f%2fevil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:%20evil=1",
        "/a\r\nSet-Cookie: evil=1",
        "/a\u0085Set-Cookie: evil=1",
        "@evil.example",
        ".evil.example",
        "/@evil.example",
        "//evil.example@127.0.0.1",
        "\u3002\u3002evil.example",
        "/\uff0fevil.example",
    ];

    [Fact]
    public async Task Signing_in_leads_nowhere_but_into_the_shop()
    {
        var shopper = await platform.Market.RegisterShopperAsync();
        var left = new List<string>();
        foreach (var address in Elsewhere)
        {
            using var visitor = new ShopClient(platform);
            using var answer = await visitor.SubmitAsync(
                $"/sign-in?returnUrl={Uri.EscapeDataString(address)}",
                "sign-in",
                ("Form.Email", shopper.Email),
                ("Form.Password", DemoAccounts.Password)
            );
            Check(answer, visitor.Shop, address, left);
        }

        left.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/fruits?q=%EC%82%AC%EA%B3%BC", "/fruits?q=%EC%82%AC%EA%B3%BC")]
    [InlineData("/fruits?q=사과", "/fruits?q=%EC%82%AC%EA%B3%BC")]
    [InlineData("/farms", "/farms")]
    public async Task Signing_in_leads_back_to_a_Korean_search(string returnUrl, string target)
    {
        using var visitor = new ShopClient(platform);
        using var answer = await visitor.SubmitAsync(
            $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}",
            "sign-in",
            ("Form.Email", DemoAccounts.ShopperEmail),
            ("Form.Password", DemoAccounts.Password)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        new Uri(visitor.Shop, answer.Headers.Location!).PathAndQuery.ShouldBe(target);
    }

    [Fact]
    public async Task Signing_out_leads_nowhere_but_into_the_shop()
    {
        var left = new List<string>();
        foreach (var address in Elsewhere)
        {
            using var visitor = new ShopClient(platform);
            using var answer = await visitor.SubmitAsync("/sign-out", null, ("returnUrl", address));
            Check(answer, visitor.Shop, address, left);
        }

        left.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/images/fruits/../../appsettings.json")]
    [InlineData("/images/fruits/..%2f..%2f..%2fappsettings.json")]
    [InlineData("/images/fruits/%2e%2e/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("/images/fruits/%2e%2e%2f%2e%2e%2f%2e%2e%2fappsettings.json")]
    [InlineData("/images/fruits/%252e%252e%252f%252e%252e%252fappsettings.json")]
    [InlineData("/images/fruits/..%5c..%5c..%5cappsettings.json")]
    [InlineData("/images/fruits/..%c0%af..%c0%af..%c0%afetc/passwd")]
    [InlineData("/images/fruits/....//....//....//etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd")]
    [InlineData("/_content/..%2f..%2fappsettings.json")]
    [InlineData("/_framework/..%2f..%2fCommerce.Storefront.dll")]
    [InlineData("//etc/passwd")]
    [InlineData("/appsettings.json")]
    [InlineData("/Commerce.Storefront.dll")]
    [InlineData("/images/fruits/apple.svg%00.html")]
    public async Task No_address_reads_a_file_that_is_not_the_shops(string path)
    {
        using var visitor = new ShopClient(platform);
        using var answer = await visitor.GetAsync(path);

        ((int)answer.StatusCode).ShouldBeOneOf(400, 404);
        var body = await answer.Content.ReadAsStringAsync();
        body.ShouldNotContain("root:x:");
        body.ShouldNotContain("\"Logging\"");
    }

    /// <summary>As a browser reads the answer: relative to the shop, backslashes as slashes, without tabs and line breaks.</summary>
    private static void Check(HttpResponseMessage answer, Uri shop, string address, List<string> left)
    {
        var raw = answer.Headers.TryGetValues("Location", out var locations) ? locations.Single() : null;
        if (raw is null)
        {
            left.Add($"{address} led to nothing: {(int)answer.StatusCode}");
            return;
        }
        var seen = new string([.. raw.Trim().Where(c => !char.IsControl(c))]).Replace('\\', '/');
        var target = new Uri(shop, seen);
        if (target.Authority != shop.Authority || target.Scheme != shop.Scheme)
            left.Add($"{address} led to {raw}");
        if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            cookies.ShouldAllBe(cookie => !cookie.StartsWith("evil", StringComparison.Ordinal));
    }
}
