using System.Net;
using System.Text.RegularExpressions;
using Commerce.Contracts;

namespace Commerce.Platform.Tests.Security;

/// <summary>A visitor of the shop without a browser: keeps cookies, follows nothing, sends addresses as they are written.</summary>
public sealed partial class ShopClient : IDisposable
{
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
    )
    {
        // From a place of its own, as visitors are: the limit on sign-ins is one per address.
        DefaultRequestHeaders = { { "Accept", "text/html" }, { "X-Forwarded-For", Caller.Next() } },
    };

    public ShopClient(Platform platform) => Shop = new Uri(platform.Urls["storefront"]);

    public Uri Shop { get; }

    public static async Task<ShopClient> SignInAsync(Platform platform, string email)
    {
        var client = new ShopClient(platform);
        using var answer = await client.SubmitAsync(
            "/sign-in",
            "sign-in",
            ("Form.Email", email),
            ("Form.Password", DemoAccounts.Password)
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, $"{email} signs in");
        return client;
    }

    /// <param name="path">Percent signs and dots reach the server untouched.</param>
    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(Raw(path));

    public async Task<string> HtmlAsync(string path)
    {
        using var answer = await GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Opens the page of a form and sends it with what it hides.</summary>
    /// <param name="handler">The form's name; null: a form that is answered by an endpoint.</param>
    public async Task<HttpResponseMessage> SubmitAsync(
        string path,
        string? handler,
        params (string Name, string Value)[] fields
    )
    {
        var page = await HtmlAsync(handler is null ? "/sign-in" : path);
        var token = Antiforgery().Match(page).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([
            new("_handler", handler ?? ""),
            new("__RequestVerificationToken", WebUtility.HtmlDecode(token)),
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
        ]);
        return await _http.PostAsync(Raw(path), form);
    }

    public void Dispose() => _http.Dispose();

    private Uri Raw(string path) =>
        new(
            Shop.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );

    [GeneratedRegex(
        "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Antiforgery();
}
