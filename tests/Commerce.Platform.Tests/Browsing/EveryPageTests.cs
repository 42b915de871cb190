namespace Commerce.Platform.Tests.Browsing;

/// <summary>What every page owes to everybody, in both languages and both themes, on the desktop and on the phone.</summary>
[Collection(PlatformCollection.Name)]
public sealed class EveryPageTests(Tour tour) : IClassFixture<Tour>
{
    [Fact]
    public void Every_page_opens() => tour.Of("opening").ShouldBeEmpty();

    [Fact]
    public void Nothing_moves_for_people_who_asked_for_less_motion() => tour.Of("moving").ShouldBeEmpty();

    [Fact]
    public void No_console_complains_not_even_about_the_content_security_policy() => tour.Of("console").ShouldBeEmpty();
}
