using System.Text.RegularExpressions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary><see cref="Pages"/> is whole: what it leaves out, nobody looks at.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public void Every_route_of_the_storefront_has_a_page_here()
    {
        var routes =
            from file in Directory.EnumerateFiles(
                Path.Combine(RepositoryRoot.Path, "web", "Commerce.Storefront"),
                "*.razor",
                SearchOption.AllDirectories
            )
            from match in PageDirective().Matches(File.ReadAllText(file))
            select match.Groups["route"].Value;

        Pages.All.Select(page => page.Route).Distinct().ShouldBe(routes, ignoreOrder: true);
    }

    [Fact]
    public void Every_page_has_a_name_of_its_own() => Pages.All.Select(page => page.Name).ShouldBeUnique();

    [GeneratedRegex("""^@page "(?<route>[^"]+)"$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PageDirective();
}
