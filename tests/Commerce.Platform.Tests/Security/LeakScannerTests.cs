namespace Commerce.Platform.Tests.Security;

/// <summary>The scanner finds what it is there for, and nothing in ordinary logs.</summary>
public sealed class LeakScannerTests
{
    [Theory]
    [InlineData("GET /me with eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")]
    [InlineData("{\"paymentToken\":\"tok_0123456789abcdefghijABCD\"}")]
    [InlineData("phone 010-1234-5678")]
    [InlineData("\"01012345678\"")]
    [InlineData("call +82-10-1234-5678.")]
    [InlineData("card 4242 4242 4242 4242 declined")]
    [InlineData("card=5555-5555-5555-4444")]
    [InlineData("9430000000000001")]
    [InlineData("\"9632444282052296\"")]
    [InlineData("Host=localhost;Password=s3cret-thing;")]
    [InlineData("{\"password\": \"hunter22\"}")]
    [InlineData("delivered to 별빛로 77")]
    public void It_finds_what_must_not_be_there(string line) => Scan(line).ShouldNotBeEmpty();

    [Theory]
    [InlineData("order 0197a0b0-0101-7010-8234-567812345678 was placed")]
    [InlineData("trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7")]
    [InlineData("startTimeUnixNano 1795255757123456789 took 0.01012345678 ms")]
    [InlineData("4242424242424241 is no card")]
    [InlineData("{\"spanId\":\"9632444282052296\",\"flags\":1}")]
    [InlineData("lsn 0/16B3748 offset 123456789012")]
    [InlineData("POST /me/password answered 204; the password was changed")]
    [InlineData("Password=***")]
    [InlineData("eyJ alone, tok_short, 010-12-34")]
    public void It_finds_nothing_in_ordinary_lines(string line) => Scan(line).ShouldBeEmpty();

    private static IEnumerable<string> Scan(string line) => new LeakScanner("별빛로 77").Scan("test", line);
}
