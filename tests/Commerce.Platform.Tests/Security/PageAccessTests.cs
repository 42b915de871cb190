using System.Net;
using Commerce.Contracts;
using Commerce.Platform.Tests.Browsing;

namespace Commerce.Platform.Tests.Security;

/// <summary>
/// Every page and file of the shop, asked for by everybody without a browser. <c>page</c>: it is shown; <c>sign-in</c>: the way
/// to it leads over the sign-in page and back; <c>no</c>: the notice that it is not for them; <c>hidden</c>: somebody else's, as
/// if it were not there. The order is the demo shopper's.
/// </summary>
[Collection(PlatformCollection.Name)]
public sealed class PageAccessTests(Platform platform)
{
    private const string Table = """
        route                          guest    shopper  farmer   admin
        /                              page     page     page     page
        /fruits                        page     page     page     page
        /fruits/{Id:guid}              page     page     page     page
        /farms                         page     page     page     page
        /farms/{Id:guid}               page     page     page     page
        /cart                          page     page     page     page
        /checkout                      sign-in  page     page     page
        /orders                        sign-in  page     page     page
        /orders/{Id:guid}              sign-in  page     hidden   page
        /sign-in                       page     page     page     page
        /register                      page     page     page     page
        /account                       sign-in  page     page     page
        /account/password              sign-in  page     page     page
        /farm                          sign-in  no       page     no
        /farm/fruits                   sign-in  no       page     no
        /farm/fruits/new               sign-in  no       page     no
        /farm/fruits/{Id:guid}         sign-in  no       page     no
        /farm/fruits/{Id:guid}/stock   sign-in  no       page     no
        /farm/import                   sign-in  no       page     no
        /farm/orders                   sign-in  no       page     no
        /farm/pick-list                sign-in  no       page     no
        /farm/settlement               sign-in  no       page     no
        /farm/profile                  sign-in  no       page     no
        /admin                         sign-in  no       no       page
        /admin/orders                  sign-in  no       no       page
        /admin/orders/{Id:guid}        sign-in  no       no       page
        /admin/dead-letters            sign-in  no       no       page
        /admin/deliveries              sign-in  no       no       page
        /admin/farmers                 sign-in  no       no       page
        /admin/accounts                sign-in  no       no       page
        /admin/actions                 sign-in  no       no       page
        /not-found                     page     page     page     page
        /forbidden                     page     page     page     page
        /error                         page     page     page     page
        /farm/pick-list.csv            sign-in  no       page     no
        /farm/settlement.csv           sign-in  no       page     no
        /farm/import-template.csv      sign-in  no       page     no
        """;

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["/farm/pick-list.csv"] = "/farm/pick-list.csv?shipsOn=2026-11-20",
        ["/farm/settlement.csv"] = "/farm/settlement.csv?month=2026-11-01",
        ["/farm/import-template.csv"] = "/farm/import-template.csv",
    };

    private static readonly string[] People = Words(Table.Split('\n')[0])[1..];

    private static readonly IReadOnlyList<string[]> Rows = [.. Table.Split('\n').Skip(1).Select(Words)];

    [Fact]
    public void Every_route_of_the_shop_is_in_the_table() =>
        Rows.Select(row => row[0])
            .ShouldBe(Pages.All.Select(page => page.Route).Distinct().Concat(Files.Keys), ignoreOrder: true);

    [Fact]
    public async Task Every_page_is_shown_to_whom_it_is_for()
    {
        var samples = await Samples.FindAsync(platform.Market);
        var wrong = new List<string>();
        foreach (var (person, column) in People.Select((name, i) => (name, i + 1)))
        {
            using var visitor = await VisitAsync(person);
            foreach (var row in Rows)
            {
                var path = Path(row[0], samples);
                using var answer = await visitor.GetAsync(path);
                var came = Outcome(answer, path);
                if (came != row[column])
                    wrong.Add($"{row[0]} as {person}: {row[column]} expected, {came} came");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_elses_order_is_not_found_on_its_page_either()
    {
        var samples = await Samples.FindAsync(platform.Market);
        var stranger = await platform.Market.RegisterShopperAsync();
        using var shopper = await ShopClient.SignInAsync(platform, stranger.Email);
        using var answer = await shopper.GetAsync($"/orders/{samples.Order}");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var html = await answer.Content.ReadAsStringAsync();
        html.ShouldNotContain(Market.Address.Line1);
        html.ShouldNotContain(Market.Address.Phone);
        // The words are there to be found: whom they belong to sees them.
        using var owner = await ShopClient.SignInAsync(platform, DemoAccounts.ShopperEmail);
        (await owner.HtmlAsync($"/orders/{samples.Order}")).ShouldContain(Market.Address.Line1);
    }

    private Task<ShopClient> VisitAsync(string person) =>
        person switch
        {
            "guest" => Task.FromResult(new ShopClient(platform)),
            "shopper" => ShopClient.SignInAsync(platform, DemoAccounts.ShopperEmail),
            "farmer" => ShopClient.SignInAsync(platform, DemoAccounts.FarmerEmail),
            "admin" => ShopClient.SignInAsync(platform, DemoAccounts.AdminEmail),
            _ => throw new ArgumentOutOfRangeException(nameof(person), person, "nobody of that name"),
        };

    private static string Path(string route, Samples samples) =>
        Files.GetValueOrDefault(route) ?? Pages.All.First(page => page.Route == route).Path(samples);

    private static string Outcome(HttpResponseMessage answer, string path)
    {
        // The pages for errors are errors by themselves.
        if (answer.IsSuccessStatusCode || path is "/not-found" or "/error" or "/forbidden")
            return "page";
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return "hidden";
        var location = answer.Headers.Location;
        if (answer.StatusCode != HttpStatusCode.Redirect || location is null)
            return $"{(int)answer.StatusCode}";
        var target = location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
        return target == $"/sign-in?returnUrl={Uri.EscapeDataString(path)}" ? "sign-in"
            : target.StartsWith("/forbidden", StringComparison.Ordinal) ? "no"
            : $"redirect to {target}";
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
