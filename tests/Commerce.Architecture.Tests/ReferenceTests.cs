using System.Xml.Linq;

namespace Commerce.Architecture.Tests;

/// <summary>Services talk through events only, so no project may know a service.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Commerce.Contracts"] = [],
        ["Commerce.ServiceDefaults"] = [],
        ["Commerce.ServerProcesses"] = [],
        ["Commerce.KafkaBroker"] = [],
        ["Commerce.Data"] = ["Commerce.Contracts", "Commerce.ServiceDefaults"],
        ["Commerce.Messaging"] = ["Commerce.Contracts", "Commerce.Data", "Commerce.ServiceDefaults"],
        ["Commerce.Hosting"] =
        [
            "Commerce.Contracts",
            "Commerce.Data",
            "Commerce.Messaging",
            "Commerce.ServiceDefaults",
        ],
        ["Commerce.PaymentProvider"] = ["Commerce.ServiceDefaults"],
        ["Commerce.Storefront"] = ["Commerce.Contracts", "Commerce.ServiceDefaults"],
        ["Commerce.Identity"] = ["Commerce.Hosting"],
        ["Commerce.Catalog"] = ["Commerce.Hosting"],
        ["Commerce.Order"] = ["Commerce.Hosting"],
        ["Commerce.Payment"] = ["Commerce.Hosting"],
        ["Commerce.Delivery"] = ["Commerce.Hosting"],
    };

    public static TheoryData<string> Projects =>
        [
            .. Checkout
                .ProductFiles(".csproj")
                .Where(file => !file.StartsWith("Commerce.AppHost/", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_house_allows(string project)
    {
        var references = XDocument
            .Load(Path.Combine(Checkout.Root, project))
            .Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference =>
                Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/'))
            );

        references.Except(Allowed[Path.GetFileNameWithoutExtension(project)]).ShouldBeEmpty();
    }

    [Fact]
    public void Package_versions_stand_in_one_file_only()
    {
        var strays =
            from project in Checkout.Files
            where
                project.EndsWith(".csproj", StringComparison.Ordinal)
                && !project.StartsWith("Commerce.AppHost/", StringComparison.Ordinal)
            from reference in XDocument.Load(Path.Combine(Checkout.Root, project)).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{project}: {reference.Attribute("Include")?.Value}";

        strays.ShouldBeEmpty();
    }

    [Fact]
    public void Services_never_call_each_other_over_http()
    {
        // Payment calls its provider; nobody else calls anything.
        var callers =
            from file in Checkout.ProductFiles(".cs")
            where file.StartsWith("src/", StringComparison.Ordinal)
            where
                !file.StartsWith("src/Commerce.Payment/", StringComparison.Ordinal)
                && !file.StartsWith("src/Commerce.ServerProcesses/", StringComparison.Ordinal)
            from line in Checkout.Lines(file)
            where
                line.Contains("HttpClient", StringComparison.Ordinal)
                || line.Contains("AddServiceClient", StringComparison.Ordinal)
            select $"{file}: {line.Trim()}";

        callers.ShouldBeEmpty();
    }
}
