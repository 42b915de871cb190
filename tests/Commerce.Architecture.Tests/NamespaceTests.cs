using System.Text.RegularExpressions;

namespace Commerce.Architecture.Tests;

/// <summary>Whoever knows a type's namespace knows its folder.</summary>
public sealed partial class NamespaceTests
{
    [Fact]
    public void A_namespace_is_its_folder()
    {
        var strays =
            from file in Checkout.Files
            where Path.GetExtension(file) is ".cs" or ".razor"
            // Linked into several projects; shapes of packages, in the packages' namespaces.
            where !file.StartsWith("tests/Shared/", StringComparison.Ordinal)
            where !file.StartsWith("eng/", StringComparison.Ordinal)
            let text = File.ReadAllText(Path.Combine(Checkout.Root, file))
            let declared = Declared().Match(text)
            where declared.Success && declared.Groups["name"].Value != Expected(file)
            select $"{file}: {declared.Value}";

        strays.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src/Commerce.Order/Orders/OrderDecider.cs", "Commerce.Order.Orders")]
    [InlineData("src/Commerce.Payment/Provider/Toss/TossClient.cs", "Commerce.Payment.Provider.Toss")]
    [InlineData("Commerce.AppHost/DeveloperPlatform.cs", "Commerce.AppHost")]
    public void The_expected_namespace_is_the_project_and_the_path_within(string file, string name) =>
        Expected(file).ShouldBe(name);

    private static string Expected(string file)
    {
        var folders = Path.GetDirectoryName(file)!.Split('/');
        return string.Join('.', folders.SkipWhile(folder => !folder.StartsWith("Commerce.", StringComparison.Ordinal)));
    }

    // File-scoped in C#, a directive in Razor.
    [GeneratedRegex(@"^(?:namespace|@namespace) (?<name>[\w.]+)", RegexOptions.Multiline, 1000)]
    private static partial Regex Declared();
}
