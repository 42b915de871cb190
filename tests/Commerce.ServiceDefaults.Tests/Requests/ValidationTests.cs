using Commerce.ServiceDefaults.Requests;

namespace Commerce.ServiceDefaults.Tests.Requests;

public sealed class ValidationTests
{
    [Fact]
    public void Every_message_is_kept_by_field()
    {
        var v = new Validation();
        v.Check("email", ok: false, "is taken").ShouldBeFalse();
        v.Check("email", ok: false, "is too short");
        v.Check("name", ok: true, "is required").ShouldBeTrue();

        v.Failed.ShouldBeTrue();
        var errors = v.Problem().ProblemDetails.Errors;
        errors.Keys.ShouldBe(["email"]);
        errors["email"].ShouldBe(["is taken", "is too short"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("감", true)]
    [InlineData("   감   ", true)]
    [InlineData("12345", true)]
    [InlineData("123456", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    [InlineData("🍎", true)]
    [InlineData("a\ufffeb", false)]
    [InlineData("a\uffffb", false)]
    public void Text_is_what_a_person_reads(string? value, bool ok) =>
        new Validation().Text("f", value, max: 5).ShouldBe(ok);

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() =>
        new Validation().Text("f", new string(['a', '\ud83c', 'b']), max: 5).ShouldBeFalse();

    [Theory]
    [InlineData("a\nb", true)]
    [InlineData("a\0b", false)]
    public void Long_text_may_have_lines(string value, bool ok) =>
        new Validation().Text("f", value, max: 5, lines: true).ShouldBe(ok);

    [Fact]
    public void Optional_text_may_be_missing_but_not_endless()
    {
        var v = new Validation();
        v.OptionalText("f", null, max: 2).ShouldBeTrue();
        v.OptionalText("f", " ", max: 2).ShouldBeTrue();
        v.OptionalText("f", "abc", max: 2).ShouldBeFalse();
    }
}
