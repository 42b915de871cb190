using System.Text.RegularExpressions;

namespace Commerce.Architecture.Tests;

/// <summary>What the documents say is there is there: files, headings, commands, and code that is shown.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents =>
        [.. Checkout.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_somewhere(string document) =>
        Links(document).Where(link => !Exists(document, link)).ShouldBeEmpty(document);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_snippet_is_code_that_is_compiled(string document)
    {
        var strays =
            from Match snippet in Snippet().Matches(Text(document))
            let source = snippet.Groups["source"].Value
            where !Flat(Text(source)).Contains(Flat(snippet.Groups["code"].Value), StringComparison.Ordinal)
            select $"{source}: {snippet.Groups["code"].Value}";

        strays.ShouldBeEmpty(document);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_snippet_of_code_says_where_it_is_from(string document) =>
        Fence().Count(Text(document)).ShouldBe(Snippet().Count(Text(document)), document);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_call_that_is_shown_is_one_that_there_is(string document)
    {
        var calls = Case().Matches(Text("commerce")).SelectMany(m => m.Groups["names"].Value.Split(" | ")).ToHashSet();

        calls.ShouldContain("run");
        Call()
            .Matches(Text(document))
            .Select(call => call.Groups["name"].Value)
            .Where(name => !calls.Contains(name))
            .ShouldBeEmpty(document);
    }

    [Theory]
    [InlineData("docs/architecture.md", "glossary.md", true)]
    [InlineData("docs/architecture.md", "adr", true)]
    [InlineData("docs/architecture.md", "../tests/Nothing.cs", false)]
    [InlineData("docs/architecture.md", "#the-walk-of-an-order", true)]
    [InlineData("docs/architecture.md", "#the-walk-of-nothing", false)]
    [InlineData("README.md", "docs/architecture.md#a-service", true)]
    public void A_link_leads_to_a_file_a_folder_or_a_heading(string document, string link, bool exists) =>
        Exists(document, link).ShouldBe(exists);

    private static IEnumerable<string> Links(string document) =>
        Link()
            .Matches(Text(document))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));

    private static bool Exists(string document, string link)
    {
        var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var target = path.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, path);
        var full = Path.GetFullPath(Path.Combine(Checkout.Root, target));
        return anchor is null
            ? File.Exists(full) || Directory.Exists(full)
            : File.Exists(full)
                && Heading().Matches(File.ReadAllText(full)).Any(h => Anchor(h.Groups["text"].Value) == anchor);
    }

    // As GitHub makes them.
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            .Replace(' ', '-');

    // However lines are broken.
    private static string Flat(string code) => Blank().Replace(code, "");

    private static string Text(string file) => File.ReadAllText(Path.Combine(Checkout.Root, file));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"<!-- from: (?<source>\S+) -->\s*```csharp\n(?<code>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Snippet();

    [GeneratedRegex("^```csharp", RegexOptions.Multiline, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\./commerce (?<name>[a-z]+)", RegexOptions.None, 1000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^  (?<names>[a-z]+(?: \| [a-z-]+)*)\)", RegexOptions.Multiline, 1000)]
    private static partial Regex Case();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blank();
}
