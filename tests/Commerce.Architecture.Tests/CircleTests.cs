using ArchUnitNET.Loader;

namespace Commerce.Architecture.Tests;

/// <summary>
/// The feature folders of a project form no circle, and none depends on the project's root, which puts them together. So each can
/// be read, tested and moved with what is below it and nothing else.
/// </summary>
public sealed class CircleTests
{
    private const string Root = "(root)";

    public static TheoryData<string> Projects => [.. Checkout.ProductFiles(".csproj").Select(Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Feature_folders_form_no_circle(string project)
    {
        var ties = Ties(project).ToList();
        var uses = ties.ToLookup(tie => tie.From, tie => tie.To);

        // Two folders that reach each other are in one circle, with all that ties them.
        ties.Where(tie => Reaches(uses, tie.To, tie.From))
            .Select(tie => tie.ToString())
            .Distinct()
            .Order()
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_circle_is_found_however_many_folders_it_goes_through()
    {
        var uses = new[] { ("A", "B"), ("B", "C"), ("C", "A"), ("C", "D") }.ToLookup(
            tie => tie.Item1,
            tie => tie.Item2
        );

        Reaches(uses, "B", "A").ShouldBeTrue();
        Reaches(uses, "D", "A").ShouldBeFalse();
    }

    /// <summary>Of the contracts, only what admins see of the transport itself.</summary>
    [Theory]
    [InlineData("Commerce.Data")]
    [InlineData("Commerce.Messaging")]
    public void The_database_and_the_transport_know_no_domain(string project)
    {
        string[] own =
        [
            "Paged",
            "AuditEntry",
            "DeadLetter",
            "DiscardLetters",
            "LetterOutcome",
            "LetterOutcomes",
            "RedriveLetters",
            "ConsumerStatus",
            "MessagingStatus",
            "RelayStatus",
        ];
        var known =
            from type in Load(project).Types
            from dependency in type.Dependencies
            where dependency.Target.FullName.StartsWith("Commerce.Contracts.", StringComparison.Ordinal)
            select dependency.Target.Name.Split('`')[0];

        var names = known.Distinct().ToList();

        names.ShouldNotBeEmpty();
        names.Except(own).ShouldBeEmpty();
    }

    /// <summary>What a type of one folder needs of another folder.</summary>
    private sealed record Tie(string From, string To, string Type, string Target)
    {
        public override string ToString() => $"{From} → {To}: {Type} needs {Target}";
    }

    private static IEnumerable<Tie> Ties(string project) =>
        from type in Load(project).Types
        let source = FolderOf(project, type.Namespace?.FullName)
        where source is not null
        from dependency in type.Dependencies
        let target = FolderOf(project, dependency.Target.Namespace?.FullName)
        where target is not null && target != source
        select new Tie(source, target, type.Name, dependency.Target.Name);

    /// <summary>The first folder below the project; null: the type is of another one.</summary>
    private static string? FolderOf(string project, string? name) =>
        name == project ? Root
        : name?.StartsWith(project + ".", StringComparison.Ordinal) is true ? name[(project.Length + 1)..].Split('.')[0]
        : null;

    private static bool Reaches(ILookup<string, string> uses, string from, string to)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out var folder))
        {
            if (folder == to)
            {
                return true;
            }

            foreach (var next in uses[folder].Where(seen.Add))
            {
                open.Push(next);
            }
        }

        return false;
    }

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project);

    private static ArchUnitNET.Domain.Architecture Load(string project)
    {
        var folder = Path.GetDirectoryName(Checkout.ProductFiles(".csproj").Single(file => Name(file) == project))!;
        // As these tests were built, so were the projects.
        var output = Path.GetRelativePath(
            Path.Combine(Checkout.Root, "tests", "Commerce.Architecture.Tests"),
            AppContext.BaseDirectory
        );
        return new ArchLoader()
            .LoadFilteredDirectory(Path.Combine(Checkout.Root, folder, output), project + ".dll")
            .Build();
    }
}
