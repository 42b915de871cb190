using System.Text.RegularExpressions;

namespace Commerce.Architecture.Tests;

/// <summary>Rules that no analyzer knows.</summary>
public sealed partial class HouseRuleTests
{
    private const int LongestFile = 400;

    [Fact]
    public void No_file_of_the_product_is_longer_than_400_lines()
    {
        // Reasons: translations are one list by nature; the picture and seed data are data.
        var tooLong = Checkout
            .ProductFiles(".cs", ".razor", ".css", ".js", ".sql", ".sh")
            .Where(file => Checkout.Lines(file).Length > LongestFile)
            .Where(file => !file.Contains("/wwwroot/fonts/", StringComparison.Ordinal));

        tooLong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_program_is_short_enough_to_read_at_once()
    {
        Checkout
            .ProductFiles(".cs")
            .Where(file => Path.GetFileName(file) == "Program.cs" && Checkout.Lines(file).Length > 50)
            .ShouldBeEmpty();
        Checkout.Lines("Commerce.AppHost/AppHost.cs").Length.ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public void Every_suppression_says_why()
    {
        var silent =
            from file in Checkout.Files
            where
                file.EndsWith(".cs", StringComparison.Ordinal)
                && !file.EndsWith("HouseRuleTests.cs", StringComparison.Ordinal)
            let text = string.Join('\n', Checkout.Lines(file))
            from Match suppression in Suppression().Matches(text)
            where !suppression.Value.Contains("//", StringComparison.Ordinal)
            where !suppression.Value.Contains("Justification", StringComparison.Ordinal)
            select $"{file}: {suppression.Value}";

        silent.ShouldBeEmpty();
    }

    [Fact]
    public void No_package_registry_is_named()
    {
        string[] hosts = ["nuget" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org", "docker" + ".pkg.dev"];
        var named =
            from file in Checkout.Files
            where Path.GetExtension(file) is not (".png" or ".woff2")
            from line in Checkout.Lines(file)
            from host in hosts
            where line.Contains(host, StringComparison.OrdinalIgnoreCase)
            select $"{file}: {line.Trim()}";

        named.ShouldBeEmpty();
    }

    [Fact]
    public void No_pattern_searches_for_ever()
    {
        var endless =
            from file in Checkout.ProductFiles(".cs", ".razor")
            let text = string.Join('\n', Checkout.Lines(file))
            from Match use in PatternUse().Matches(text)
            where !EndsInTime(use.Value)
            select $"{file}: {use.Value}";

        endless.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[GeneratedRegex(\"^(a+)+$\")]", false)]
    [InlineData("[GeneratedRegex(\"^(a+)+$\", RegexOptions.CultureInvariant)]", false)]
    [InlineData("[GeneratedRegex(\"^(a+)+$\", RegexOptions.CultureInvariant, 100)]", true)]
    [InlineData("[GeneratedRegex(\"^(a+)+$\", RegexOptions.NonBacktracking)]", true)]
    [InlineData("new Regex(\"^(a+)+$\")", false)]
    [InlineData("new Regex(\"^(a+)+$\", RegexOptions.None, TimeSpan.FromSeconds(1))", true)]
    [InlineData("Regex.IsMatch(text, \"^(a+)+$\")", false)]
    public void A_pattern_ends_in_time_when_it_has_a_limit_or_never_goes_back(string use, bool inTime) =>
        EndsInTime(PatternUse().Match(use).Value).ShouldBe(inTime);

    [Fact]
    public void Migrations_are_numbered_without_gaps_or_twins()
    {
        foreach (
            var folder in Checkout
                .ProductFiles(".sql")
                .Where(file => file.Contains("/Schema/", StringComparison.Ordinal))
                .GroupBy(Path.GetDirectoryName)
        )
        {
            var numbers = folder.Select(file => int.Parse(Path.GetFileName(file)[..3])).Order().ToList();
            numbers.ShouldBe(Enumerable.Range(1, numbers.Count), folder.Key);
        }
    }

    private static bool EndsInTime(string use) =>
        use.Contains("NonBacktracking", StringComparison.Ordinal)
        || use.Contains("TimeSpan", StringComparison.Ordinal)
        || Limit().IsMatch(use);

    // To the end of an attribute, or of the line.
    [GeneratedRegex(
        @"GeneratedRegex\((?s:.*?)\)\](?=\s|$)|new Regex\([^\n]*|\bRegex\.(IsMatch|Matches|Match|Replace|Split|Count|EnumerateMatches)\([^\n]*",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex PatternUse();

    [GeneratedRegex(@",\s*[0-9_]+\s*\)\]$", RegexOptions.None, 1000)]
    private static partial Regex Limit();

    [GeneratedRegex(@"#pragma warning disable[^\n]*|SuppressMessage\([^]]*\]", RegexOptions.None, 1000)]
    private static partial Regex Suppression();
}
