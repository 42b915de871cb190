namespace Commerce.Platform.Tests.Browsing;

/// <summary>What every page owes to everybody, in both languages and both themes, on the desktop and on the phone.</summary>
[Collection(PlatformCollection.Name)]
public sealed class EveryPageTests(Tour tour) : IClassFixture<Tour>
{
    [Fact]
    public void Every_page_opens() => tour.Of("opening").ShouldBeEmpty();

    [Fact]
    public void Axe_finds_nothing() => tour.Of("axe").ShouldBeEmpty();

    [Fact]
    public void No_page_is_wider_than_a_phone() => tour.Of("too wide").ShouldBeEmpty();

    [Fact]
    public void Everything_to_press_is_large_enough_for_a_finger() => tour.Of("too small").ShouldBeEmpty();

    [Fact]
    public void Korean_on_an_English_page_is_announced_as_Korean() => tour.Of("untranslated").ShouldBeEmpty();

    [Fact]
    public void No_text_is_missing_its_words() => tour.Of("raw key").ShouldBeEmpty();

    [Fact]
    public void Nothing_moves_for_people_who_asked_for_less_motion() => tour.Of("moving").ShouldBeEmpty();

    [Fact]
    public void No_console_complains_not_even_about_the_content_security_policy() => tour.Of("console").ShouldBeEmpty();
}
