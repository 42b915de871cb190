using System.Text.RegularExpressions;

namespace Commerce.Architecture.Tests;

/// <summary>
/// A use case is one static class: <c>Map</c> says where and for whom, <c>HandleAsync</c> does it, and its return type names
/// every outcome. Who has read one has read all.
/// </summary>
public sealed partial class EndpointTests
{
    // Speaks as another company's API does, and is none of ours.
    private const string Mock = "src/Commerce.PaymentProvider/";

    public static TheoryData<string> UseCases =>
        [
            .. Checkout
                .ProductFiles(".cs")
                .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
                .Where(file => !file.StartsWith(Mock, StringComparison.Ordinal))
                .Where(file => Mapping().IsMatch(Text(file))),
        ];

    [Theory]
    [MemberData(nameof(UseCases))]
    public void A_use_case_is_written_in_the_one_dialect(string file) => Faults(Text(file)).ShouldBeEmpty(file);

    [Fact]
    public void There_are_use_cases_to_look_at() => UseCases.Count.ShouldBeGreaterThan(60);

    [Theory]
    [InlineData(
        """
            internal static class GetThing
            {
                public static void Map(IEndpointRouteBuilder endpoints) =>
                    endpoints.MapGet("/things/{id:guid}", HandleAsync).RequireAuthorization(Policies.SignedIn);

                private static async Task<Results<Ok<Thing>, NotFound>> HandleAsync(Guid id) => TypedResults.NotFound();
            }
            """,
        ""
    )]
    [InlineData(
        """
            internal static class ThingApi
            {
                public static void MapThings(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/things", ListAsync);

                private static async Task<Results<Ok<Thing>, NotFound>> ListAsync(Guid id) => TypedResults.NotFound();
            }
            """,
        "no Map(IEndpointRouteBuilder; a route that HandleAsync does not handle; no HandleAsync with typed results"
    )]
    [InlineData(
        """
            internal static class GetThing
            {
                public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/things", HandleAsync);

                private static async Task<IResult> HandleAsync(Guid id) => TypedResults.NotFound();
            }
            """,
        "no HandleAsync with typed results"
    )]
    [InlineData(
        """
            internal static class GetThing
            {
                public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/things", () => "thing");
            }
            """,
        "a route that HandleAsync does not handle; no HandleAsync with typed results"
    )]
    public void Other_dialects_are_found(string text, string faults) =>
        string.Join("; ", Faults(text)).ShouldBe(faults);

    private static IEnumerable<string> Faults(string text)
    {
        if (!text.Contains("public static void Map(IEndpointRouteBuilder", StringComparison.Ordinal))
        {
            yield return "no Map(IEndpointRouteBuilder";
        }

        if (Mapping().Count(text) != HandledMapping().Count(text))
        {
            yield return "a route that HandleAsync does not handle";
        }

        if (!TypedHandler().IsMatch(text) || text.Contains("IResult> HandleAsync", StringComparison.Ordinal))
        {
            yield return "no HandleAsync with typed results";
        }
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Checkout.Root, file));

    [GeneratedRegex(@"\.Map(?:Get|Post|Put|Patch|Delete)\(", RegexOptions.None, 1000)]
    private static partial Regex Mapping();

    [GeneratedRegex(@"\.Map(?:Get|Post|Put|Patch|Delete)\(\s*""[^""]*"",\s*HandleAsync\s*\)", RegexOptions.None, 1000)]
    private static partial Regex HandledMapping();

    // The result of a use case is a type of its own, wrapped in a task or not, over several lines when it is long.
    [GeneratedRegex(
        @"private static (?:async )?(?:Task<\s*)?(?:Results<|Ok<|NoContent|Created<)[^(]*\bHandleAsync\(",
        RegexOptions.None,
        1000
    )]
    private static partial Regex TypedHandler();
}
