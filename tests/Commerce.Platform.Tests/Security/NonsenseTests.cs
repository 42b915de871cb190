using Commerce.Contracts;
using Commerce.Platform.Tests.Browsing;
using Commerce.Platform.Tests.Security.Fuzzing;

namespace Commerce.Platform.Tests.Security;

/// <summary>Nonsense in the address bar: rubbish is taken for "not set", and no page breaks over it.</summary>
[Collection(PlatformCollection.Name)]
public sealed class NonsenseTests(Platform platform)
{
    /// <summary>Every parameter that some page or file reads from its address.</summary>
    private static readonly string[] Parameters =
    [
        "q",
        "category",
        "certification",
        "grade",
        "region",
        "inSeason",
        "minPrice",
        "maxPrice",
        "page",
        "sort",
        "role",
        "saved",
        "service",
        "state",
        "status",
        "to",
        "from",
        "trouble",
        "type",
        "already",
        "missing",
        "returnUrl",
        "all",
        "day",
        "month",
        "shipsOn",
        "culture",
    ];

    private static readonly string[] Values =
    [
        .. FuzzWords.Days,
        "-1",
        "99999999999999999999",
        "\u0001\u0000",
        "\ufffe",
        "<script>",
        "사과",
        "'; --",
        new('x', 2_000),
    ];

    [Fact]
    public async Task No_page_breaks_over_its_address()
    {
        var samples = await Samples.FindAsync(platform.Market);
        var broken = new List<string>();
        foreach (
            var email in new[] { null, DemoAccounts.ShopperEmail, DemoAccounts.FarmerEmail, DemoAccounts.AdminEmail }
        )
        {
            using var visitor = email is null
                ? new ShopClient(platform)
                : await ShopClient.SignInAsync(platform, email);
            var pages = Pages
                .All.Where(page => page.Email == email && page.Name != "error")
                .DistinctBy(page => page.Route);
            string[] files = email == DemoAccounts.FarmerEmail ? ["/farm/pick-list.csv", "/farm/settlement.csv"] : [];
            foreach (var path in pages.Select(page => page.Path(samples).Split('?')[0]).Concat(files))
            {
                foreach (var value in Values)
                {
                    // A zero byte is refused by the server before anything of the shop sees it.
                    var escaped = Uri.EscapeDataString(value).Replace("%00", "", StringComparison.Ordinal);
                    var query = string.Join('&', Parameters.Select(parameter => $"{parameter}={escaped}"));
                    using var answer = await visitor.GetAsync(
                        $"{path}?{(value.Length > 1000 ? $"q={escaped}" : query)}"
                    );
                    if ((int)answer.StatusCode >= 500)
                        broken.Add($"{path} with {value}: {(int)answer.StatusCode}");
                }
            }
        }

        broken.ShouldBeEmpty();
    }
}
